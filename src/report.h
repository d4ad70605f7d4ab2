/* The environment variable ACT_BACKEND, and the report about a value that cannot be used. */
#ifndef ACT_REPORT_H
#define ACT_REPORT_H

/* Its value, or NULL if it is unset or empty, or if the program runs with raised privileges. */
const char *act_wanted_backend(void);

/*
 * Writes one line to standard error, if that is open: at most 160 bytes in one write, without
 * waiting, signals or locks.  errno is preserved.
 */
void act_report_unknown_backend(const char *wanted, const char *used);

#endif
