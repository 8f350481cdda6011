/** The largest declarative file that is read: fifteen times what 1 000 services and 10 000 consumers take. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024
