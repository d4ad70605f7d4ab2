/* The environment variable ACT_BACKEND, and what is said about a value that means nothing here. */
#ifndef ACT_REPORT_H
#define ACT_REPORT_H

/* Its value, or NULL if it is not set or empty, or if the program runs with raised privileges. */
const char *act_wanted_backend(void);

/*
 * One line on standard error, if that is open.  At most 160 bytes in one write, never a wait, never
 * a signal, no lock; errno stays.
 */
void act_report_unknown_backend(const char *wanted, const char *used);

#endif
