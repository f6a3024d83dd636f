/** As much of it as the tests use; the package has no types of its own. */
declare module "@20minutes/s3rver" {
  export default class S3rver {
    constructor(options: {
      port: number;
      address: string;
      silent: boolean;
      directory: string;
      configureBuckets: readonly { name: string }[];
    });
    run(): Promise<{ address: string; port: number }>;
    close(): Promise<void>;
  }
}

declare module "@20minutes/s3rver/lib/models/account.js" {
  /** Who may do everything; its own key is shorter than a secret of ours may be. */
  export const DUMMY_ACCOUNT: { createKeyPair(id: string, secret: string): void };
}
