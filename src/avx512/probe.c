/* Compiles only if the compiler has AVX-512; with VF_SLEEF, links only if SLEEF has it too. */
#include <immintrin.h>
#ifdef VF_SLEEF
#include <sleef.h>
#else
#define Sleef_expf16_u10avx512f(a) (a)
#endif

int main(void) {
    __m512 e = Sleef_expf16_u10avx512f(_mm512_setzero_ps());
    return (int)_mm256_cvtss_f32(_mm512_extractf32x8_ps(e, 1));
}
