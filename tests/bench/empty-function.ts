/** What any function costs: Node itself and a module with nothing in it. */
export const GET = (): Response => Response.json({});
