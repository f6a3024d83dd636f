import { type Config, type Environment, readConfig } from "./config.ts";

/**
 * Configuration of this process.
 * @throws ConfigError naming every missing or malformed variable.
 */
export function readEnvironment(): Config {
  return readConfig(process.env);
}

/** The variables themselves, for the local server, which fills in what is missing. */
export function environmentVariables(): Environment {
  return process.env;
}
