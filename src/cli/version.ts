/**
 * The version of this build; the bundler puts the package's in.
 */
declare const SHARDWISE_VERSION: string;

export const VERSION = SHARDWISE_VERSION;
