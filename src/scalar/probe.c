/* Compiles and links only where flags switch fused multiply-add on, that is on x86. */
#include "fma.h"
#include <sleef.h>

#if !(defined(__x86_64__) || defined(__i386__))
#error "fused multiply-add belongs to the architecture, or is not there"
#endif

int main(void) { return (int)fmaf(Sleef_expf1_u10purecfma(0.0F), 1.0F, 1.0F); }
