/* Whether SLEEF links, and which version its header has: the build looks for the text in the
 * program. */
#include <sleef.h>

#define TEXT(x)          #x
#define NUMBER(x)        TEXT(x)
#define VERSION(a, b, c) NUMBER(a) "." NUMBER(b) "." NUMBER(c)

extern const char act_sleef_version[];
const char act_sleef_version[] = "SLEEF " VERSION(SLEEF_VERSION_MAJOR, SLEEF_VERSION_MINOR,
                                                  SLEEF_VERSION_PATCHLEVEL) " was included";

int main(int argc, char **argv) {
    (void)argv;
    return (int)Sleef_expf1_u10purec((float)argc) + act_sleef_version[argc];
}
