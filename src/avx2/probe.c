/* Compiles only if the compiler has AVX2, FMA and F16C; with VF_SLEEF, links only if SLEEF has it.
 */
#include <immintrin.h>
#ifdef VF_SLEEF
#include <sleef.h>
#else
#define Sleef_expf8_u10avx2(a) (a)
#endif

int main(void) {
    __m256 e = Sleef_expf8_u10avx2(_mm256_setzero_ps());
    e = _mm256_add_ps(e, _mm256_cvtph_ps(_mm256_cvtps_ph(e, _MM_FROUND_TO_NEAREST_INT)));
    __m256i i = _mm256_add_epi32(_mm256_set1_epi32(1), _mm256_castps_si256(e));
    return _mm256_movemask_ps(_mm256_fmadd_ps(e, e, _mm256_castsi256_ps(i)));
}
