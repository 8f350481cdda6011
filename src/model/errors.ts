/** The one table of what can go wrong: status, title and what to do next. docs/errors.md lists the same. */
export const ERROR_TABLE = {
  schema_violation: {
    status: 400,
    title: 'schema violation',
    hint: 'correct the named fields and send the request again',
  },
  invalid_primary_key: {
    status: 400,
    title: 'invalid primary key',
    hint: 'name the entity in the path by its id, a UUID',
  },
  primary_key_violation: {
    status: 400,
    title: 'primary key violation',
    hint: 'leave the id out or choose another one',
  },
  foreign_key_violation: {
    status: 400,
    title: 'foreign key violation',
    hint: 'delete or change the entities that refer to this one first',
  },
  unique_violation: {
    status: 409,
    title: 'unique constraint violation',
    hint: 'choose another value, or change the entity that has this one',
  },
  release_conflict: {
    status: 409,
    title: 'release conflict',
    hint: 'look at what is live with GET /releases, then end it, supersede it or choose another name',
  },
  verb_refused: {
    status: 409,
    title: 'verb refused',
    hint: 'do one of the things that the answer lists under allowed',
  },
  not_found: {
    status: 404,
    title: 'not found',
    hint: 'list the collection to see what exists',
  },
  unsupported_resource_type: {
    status: 404,
    title: 'unsupported resource type',
    hint: 'use one of the resources under /apisix/admin that docs/apisix.md lists',
  },
  invalid_offset: {
    status: 400,
    title: 'invalid offset',
    hint: 'use the offset of the previous page as it was given',
  },
  database_error: {
    status: 500,
    title: 'database error',
    hint: 'see the log of the gateway; nothing was changed',
  },
  database_unavailable: {
    status: 503,
    title: 'database unavailable',
    hint: 'traffic goes on; repeat the change when the database is writable again',
  },
  invalid_size: {
    status: 400,
    title: 'invalid size',
    hint: 'ask for 1 to 1000 entities a page',
  },
  invalid_options: {
    status: 400,
    title: 'invalid options',
    hint: 'correct the query arguments',
  },
  foreign_keys_unresolved: {
    status: 400,
    title: 'foreign keys unresolved',
    hint: 'create the entity that is referred to first',
  },
  referenced_by_others: {
    status: 400,
    title: 'referenced by others',
    hint: 'take the reference out of the entities that hold it first',
  },
  no_healthchecker: {
    status: 400,
    title: 'no healthchecker',
    hint: 'set the weight of the target to 0 to take it out; health checks are not available in this version',
  },
  invalid_declarative_configuration: {
    status: 400,
    title: 'invalid declarative configuration',
    hint: 'correct what is named and apply the file again; nothing was changed',
  },
  operation_unsupported: {
    status: 405,
    title: 'operation unsupported',
    hint: 'change the declarative file and send it to /config, or start without --declarative',
  },
  invalid_path: {
    status: 400,
    title: 'invalid path',
    hint: 'percent-encode the names in the path as UTF-8',
  },
  unparsable_body: {
    status: 400,
    title: 'unparsable body',
    hint: 'send a JSON object or a form',
  },
  unsupported_media_type: {
    status: 415,
    title: 'unsupported media type',
    hint: 'send application/json, application/x-www-form-urlencoded or multipart/form-data',
  },
  body_too_large: {
    status: 413,
    title: 'body too large',
    hint: 'send a smaller body',
  },
  method_not_allowed: {
    status: 405,
    title: 'method not allowed',
    hint: 'use one of the methods in the Allow header',
  },
  unauthorized: {
    status: 401,
    title: 'unauthorized',
    hint: 'send the admin token in the Authorization header',
  },
  too_many_attempts: {
    status: 429,
    title: 'too many attempts',
    hint: 'wait as long as Retry-After says, then send the right token',
  },
  forbidden: {
    status: 403,
    title: 'forbidden',
    hint: 'call the Admin API by its own address, from the machine it runs on',
  },
  invalid_setting: {
    status: 400,
    title: 'invalid setting',
    hint: 'see `canary start --help`',
  },
  runtime_too_old: {
    status: 500,
    title: 'runtime too old',
    hint: 'run `npm ci`, which brings the right Node.js, and start with `npm start`',
  },
  cannot_listen: {
    status: 500,
    title: 'cannot listen',
    hint: 'choose another address, or stop the program that has this one',
  },
  cannot_share_ports: {
    status: 500,
    title: 'cannot share ports',
    hint: 'leave reuse_port off here',
  },
  database_in_use: {
    status: 500,
    title: 'database in use',
    hint: 'stop the other gateway or choose another database',
  },
  cannot_open_database: {
    status: 500,
    title: 'cannot open database',
    hint: 'correct the file or its permissions, or choose another database',
  },
  unexpected: {
    status: 500,
    title: 'unexpected error',
    hint: 'find the request id in the log of the gateway and report what it says',
  },
} as const satisfies Record<string, { status: number; title: string; hint: string }>

export type ErrorCode = keyof typeof ERROR_TABLE

/**
 * One thing that is wrong with an input: where (keys and indexes from 0) and what. Violated keys say the
 * value that is taken or leads nowhere in place of a sentence; null is the value of a field left empty.
 */
export interface ErrorDetail {
  readonly path: readonly (string | number)[]
  readonly message: string | null
}

/** An expected failure with all that a caller needs to mend it. Nothing else is thrown on purpose. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly details: readonly ErrorDetail[]

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: readonly ErrorDetail[]; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? []
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERROR_TABLE[this.code].status
  }

  /** What to do next. */
  get hint(): string {
    return ERROR_TABLE[this.code].hint
  }
}
