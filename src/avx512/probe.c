/* Compiles and links only where the compiler and SLEEF both have AVX-512. */
#include <immintrin.h>
#include <sleef.h>

int main(void) {
    __m512 e = Sleef_expf16_u10avx512f(_mm512_setzero_ps());
    return (int)_mm256_cvtss_f32(_mm512_extractf32x8_ps(e, 1));
}
