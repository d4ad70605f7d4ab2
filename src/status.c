/* The version, and the descriptions of statuses. */
#include "act/act.h"

const char *act_version(void) { return ACT_VERSION_STRING; }

const char *act_status_string(act_status status) {
    switch (status) {
    case ACT_OK:
        return "success";
    case ACT_ERROR_NULL:
        return "null pointer for an array that is not empty";
    case ACT_ERROR_SIZE:
        return "array does not fit into the address space";
    case ACT_ERROR_ALIGNMENT:
        return "pointer is not aligned to a float";
    case ACT_ERROR_STRIDE:
        return "stride is smaller than a row";
    case ACT_ERROR_OVERLAP:
        return "destination and source overlap without being equal";
    case ACT_ERROR_BACKEND:
        return "no such backend, or not one that runs on this processor";
    case ACT_ERROR_FUNCTION:
        return "no such function, or it has no gradient";
    case ACT_ERROR_PARAMETER:
        return "the function does not take such a parameter";
    case ACT_ERROR_UNSUPPORTED:
        return "this build of the library has no functions of doubles";
    }
    return "unknown status";
}
