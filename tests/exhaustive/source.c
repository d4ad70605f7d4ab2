/* Inputs in order, and results from each kind of source. */
#include "exhaustive/source.h"

#include <stdlib.h>
#include <string.h>

#include "support/data.h"

/* Maps sign and magnitude to an unsigned number of the same order. */
static float nth_float(uint32_t n) { return float_of(n >> 31 ? n ^ UINT32_C(0x80000000) : ~n); }

size_t chunk_inputs(unsigned chunk, uint32_t stride, float x[CHUNK_ROOM]) {
    uint64_t begin = (uint64_t)chunk * CHUNK, end = begin + CHUNK;
    uint64_t first = (begin + stride - 1) / stride * stride;
    size_t n = first < end ? (size_t)((end - first + stride - 1) / stride) : 0;
    x[0] = nth_float((uint32_t)(first >= stride ? first - stride : first));
    for (size_t i = 0; i < n; ++i)
        x[1 + i] = nth_float((uint32_t)first + (uint32_t)i * stride);
    return 1 + n;
}

bool chunk_results(const source *from, FILE *pipe, const map_function *f, const float *x, float *y,
                   size_t n) {
    if (pipe)
        return fread(y, sizeof *y, n, pipe) == n;
    if (from->peer) {
        peer_find(from->peer, f->name)->map(y, x, n, f->usual[0]);
        return true;
    }
    return f->to(y, x, n, f->usual) == ACT_OK;
}

FILE *open_pipe(const source *from, const map_function *f, share part) {
    if (!from->command)
        return NULL;
    char line[4096];
    int length = snprintf(line, sizeof line, "exec %s --emit %s --share %u/%u --stride %u",
                          from->command, f->name, part.worker, part.workers, part.stride);
    FILE *pipe = length > 0 && (size_t)length < sizeof line ? popen(line, "r") : NULL;
    if (!pipe) {
        perror("exhaustive: cannot start the command");
        exit(2);
    }
    return pipe;
}

bool close_pipe(FILE *pipe) { return !pipe || (fgetc(pipe) == EOF && pclose(pipe) == 0); }

bool emit(const map_function *f, share part) {
    float *x = malloc(CHUNK_ROOM * sizeof *x);
    bool good = x != NULL;
    for (unsigned chunk = part.worker; good && chunk < CHUNKS; chunk += part.workers) {
        size_t n = chunk_inputs(chunk, part.stride, x);
        good = f->in_place(x, n, f->usual) == ACT_OK && fwrite(x, sizeof *x, n, stdout) == n;
    }
    free(x);
    return good && fflush(stdout) == 0;
}
