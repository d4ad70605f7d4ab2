/* Opens and closes files with messages. */
#include "output.h"

#include <errno.h>
#include <string.h>

FILE *output_open(const char *path) {
    FILE *file = fopen(path, "wb");
    if (!file)
        fprintf(stderr, "act_tour: cannot write %s: %s\n", path, strerror(errno));
    return file;
}

bool output_close(FILE *file, const char *path) {
    const bool failed = ferror(file);
    /* A full disk may show up at the last moment. */
    if (fclose(file) == 0 && !failed)
        return true;
    fprintf(stderr, "act_tour: cannot write all of %s\n", path);
    return false;
}
