/*
 * The fast tier's tanh and GELU for AVX-512: the argument's range has 32 segments with a polynomial
 * each, and one permutation of two registers looks up each coefficient.  That takes no division and
 * fewer operations than a rational function: GELU takes 0.6 of the rational function's time.
 */
#ifndef ACT_AVX512_FAST_AVX512_H
#define ACT_AVX512_FAST_AVX512_H

#include <limits.h>

#include "avx512/vec_avx512.h"

/* Highest power first; tables by tools/segment_coefficients.py. */
enum { SEGMENTS = 32 };
/* In any rounding mode, since in the wrong segment the result at 0 would have no correct digit. */
#define TO_NEAREST (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
typedef float segment_table[SEGMENTS];

/* The polynomial in d of the segment whose number is in the lowest five bits of `shifted`. */
VF_WORD vf segment_coefficient(const float *row, vf shifted) {
    const __m512 low = _mm512_load_ps(row), high = _mm512_load_ps(row + 16);
    vf c;
    VF_EACH(c.r[k] = _mm512_permutex2var_ps(low, _mm512_castps_si512(shifted.r[k]), high));
    return c;
}
VF_WORD vf segment_polynomial(const segment_table *table, int degree, vf shifted, vf d) {
    vf p = segment_coefficient(table[0], shifted);
    _Pragma("GCC unroll 8") for (int i = 1; i <= degree; ++i) p =
        vf_fma(p, d, segment_coefficient(table[i], shifted));
    return p;
}

/* tanh(|x|) in segments of 9/32; in the last one it is 1. */
static const segment_table tanh_segments[] __attribute__((aligned(64))) = {
    {0x1.087ee2p-3F,  0x1.f0d0bp-5F,   -0x1.5c82a6p-5F, -0x1.f0f7b6p-5F, -0x1.071854p-5F,
     -0x1.f4cc4ap-8F, 0x1.6167e4p-9F,  0x1.3968d6p-8F,  0x1.0469e6p-8F,  0x1.665fep-9F,
     0x1.c1898ep-10F, 0x1.0bf93cp-10F, 0x1.3c8cdcp-11F, 0x1.6dcaa4p-12F, 0x1.a6354p-13F,
     0x1.e34702p-14F, 0x1.14ea02p-14F, 0x1.3b81d4p-15F, 0x1.67c66cp-16F, 0x1.99d0fep-17F,
     0x1.d49408p-18F, 0x1.09c492p-18F, 0x1.2dd9ecp-19F, 0x1.58757p-20F,  0x1.8a3bcp-21F,
     0x1.c22cd6p-22F, 0x1.fef84ep-23F, 0x1.22b8a2p-23F, 0x1.4c671cp-24F, 0x1.799ddcp-25F,
     0x1.adcf6ep-26F, 0x0p+0F},
    {0x1.5a545ep-11F,  0x1.2e99cp-3F,    0x1.379932p-3F,   0x1.20eb52p-4F,   0x1.f7fa6ap-9F,
     -0x1.6f2d3ep-6F,  -0x1.8f0c6p-6F,   -0x1.2fdedep-6F,  -0x1.9a865p-7F,   -0x1.f11ffp-8F,
     -0x1.20d0a4p-8F,  -0x1.7a58fap-9F,  -0x1.72ba3ap-10F, -0x1.fdc65p-11F,  -0x1.bdfdb6p-12F,
     -0x1.286d7ep-12F, 0x1.8cba48p-15F,  0x1.4c5068p-15F,  0x1.a27f2ep-14F,  -0x1.500bep-15F,
     0x1.a48452p-13F,  -0x1.5acacep-13F, -0x1.440bc2p-13F, -0x1.15666ap-13F, -0x1.0f2da4p-20F,
     0x1.ab3b86p-14F,  -0x1.10abacp-15F, -0x1.f6738ep-13F, -0x1.36a25p-14F,  -0x1.e61186p-14F,
     -0x1.b3c4a6p-13F, 0x0p+0F},
    {-0x1.555e74p-2F, -0x1.e9353p-3F,  -0x1.bd261ep-5F, 0x1.2d8e9cp-4F,  0x1.c68f6ap-4F,
     0x1.8c9232p-4F,  0x1.1a5ca4p-4F,  0x1.6ba912p-5F,  0x1.bbce16p-6F,  0x1.06d638p-6F,
     0x1.3228bcp-7F,  0x1.61462ep-8F,  0x1.956de2p-9F,  0x1.cfe2fp-10F,  0x1.08eafcp-10F,
     0x1.2e49b4p-11F, 0x1.58bacp-12F,  0x1.89033cp-13F, 0x1.bff916p-14F, 0x1.fe912ap-15F,
     0x1.22ee4ep-15F, 0x1.4b8eaep-16F, 0x1.79d924p-17F, 0x1.ae9604p-18F, 0x1.eaac8ap-19F,
     0x1.179376p-19F, 0x1.3e9a4ep-20F, 0x1.6b1252p-21F, 0x1.9dbcb8p-22F, 0x1.d77d2ap-23F,
     0x1.0ca5dep-23F, 0x0p+0F},
    {0x1.23a0dep-21F,  -0x1.038acep-2F,  -0x1.825a6ep-2F,  -0x1.732124p-2F,  -0x1.1df0eep-2F,
     -0x1.84339p-3F,   -0x1.e97966p-4F,  -0x1.27972cp-4F,  -0x1.5c33aep-5F,  -0x1.947c5cp-6F,
     -0x1.d21168p-7F,  -0x1.0af54p-7F,   -0x1.31b3e8p-8F,  -0x1.5c8ddp-9F,   -0x1.8e8174p-10F,
     -0x1.c5e834p-11F, -0x1.056db2p-11F, -0x1.2a4ed8p-12F, -0x1.57fc62p-13F, -0x1.7df958p-14F,
     -0x1.e19d5cp-15F, -0x1.b0e18cp-16F, -0x1.bb4acp-17F,  -0x1.afc986p-18F, -0x1.71607ap-18F,
     -0x1.7c64cep-18F, -0x1.0a2af6p-20F, 0x1.48cf0ap-18F,  0x1.4eff5p-20F,   0x1.53ebaep-19F,
     0x1.4c00acp-18F,  0x0p+0F},
    {0x1p+0F,         0x1.d98b3ep-1F,  0x1.7aeae8p-1F,  0x1.0dcbbp-1F,   0x1.615002p-2F,
     0x1.b5cdfp-3F,   0x1.06129cp-3F,  0x1.33560cp-4F,  0x1.64108ap-5F,  0x1.999f4cp-6F,
     0x1.d553fap-7F,  0x1.0c3e6ap-7F,  0x1.3238b8p-8F,  0x1.5d4f9cp-9F,  0x1.8e4a9p-10F,
     0x1.c60708p-11F, 0x1.02becap-11F, 0x1.26e376p-12F, 0x1.5010aep-13F, 0x1.7efb44p-14F,
     0x1.b470fp-15F,  0x1.f15bep-16F,  0x1.1b636ap-16F, 0x1.42f0d8p-17F, 0x1.700356p-18F,
     0x1.a36022p-19F, 0x1.dde7fep-20F, 0x1.104d88p-20F, 0x1.364e9cp-21F, 0x1.619d84p-22F,
     0x1.92f7c6p-23F, 0x0p+0F},
    {0x0p+0F,        0x1.18a398p-2F, 0x1.05086ep-1F, 0x1.60260ap-1F, 0x1.9e5cb6p-1F, 0x1.c5fce8p-1F,
     0x1.de1eb6p-1F, 0x1.ec6acp-1F,  0x1.f4bfd6p-1F, 0x1.f98f24p-1F, 0x1.fc51f6p-1F, 0x1.fde668p-1F,
     0x1.fecd6cp-1F, 0x1.ff513ap-1F, 0x1.ff9c64p-1F, 0x1.ffc73cp-1F, 0x1.ffdfa8p-1F, 0x1.ffed92p-1F,
     0x1.fff58p-1F,  0x1.fffa04p-1F, 0x1.fffc98p-1F, 0x1.fffe0ep-1F, 0x1.fffee4p-1F, 0x1.ffff5ep-1F,
     0x1.ffffa4p-1F, 0x1.ffffccp-1F, 0x1.ffffe2p-1F, 0x1.ffffeep-1F, 0x1.fffff6p-1F, 0x1.fffffap-1F,
     0x1.fffffcp-1F, 0x1p+0F},
};
#define VF_HAVE_TANH_FAST
VF_WORD vf vf_tanh_fast(vf x) {
    const vf shifter = vf_set1(0x1.8p23F);
    vf t = vf_min(vf_set1(8.625F), vf_abs(vf_flushed(x)));
    vf shifted;
    VF_EACH(shifted.r[k] = _mm512_fmadd_round_ps(t.r[k], _mm512_set1_ps(32.0F / 9.0F), shifter.r[k],
                                                 TO_NEAREST));
    vf d = vf_nfma(vf_sub(shifted, shifter), vf_set1(9.0F / 32.0F), t);
    vf y = segment_polynomial(tanh_segments, 5, shifted, d);
    /* y or the sign bit of x */
    VF_EACH(y.r[k] = _mm512_castsi512_ps(
                _mm512_ternarylogic_epi32(_mm512_castps_si512(y.r[k]), _mm512_castps_si512(x.r[k]),
                                          _mm512_set1_epi32(INT_MIN), 0xF8)));
    return y;
}

/* max(x, 0) - t Phi(-t), t = |x|, in segments of 1/4; in the last one, from 7.625 on, Phi is 0. */
VF_WORD vf gelu_by_segments(const segment_table *table, vf x) {
    const vf shifter = vf_set1(0x1.8p21F);
    vf t = vf_min(vf_set1(7.7F), vf_abs(vf_flushed(x)));
    vf shifted;
    VF_EACH(shifted.r[k] = _mm512_add_round_ps(t.r[k], shifter.r[k], TO_NEAREST));
    vf d = vf_sub(t, vf_sub(shifted, shifter));
    return vf_nfma(t, segment_polynomial(table, 6, shifted, d), vf_max(vf_set1(-0.0F), x));
}

static const segment_table gelu_segments[] __attribute__((aligned(64))) = {
    {0x1.19b446p-7F,   0x1.83d4e8p-6F,   -0x1.b8b8b8p-8F,  0x1.1a87fp-7F,    -0x1.9e7a2cp-9F,
     -0x1.aaeeecp-8F,  -0x1.29e388p-8F,  -0x1.c3b544p-11F, -0x1.e443eap-11F, -0x1.f26e9ap-10F,
     -0x1.859752p-11F, -0x1.545c7cp-12F, 0x1.0154e4p-14F,  0x1.4bc862p-13F,  0x1.5feb64p-13F,
     0x1.19af52p-13F,  0x1.4d9d44p-14F,  0x1.7fc732p-15F,  0x1.6e4ca6p-16F,  0x1.4781e6p-17F,
     0x1.09d78ep-18F,  0x1.8cae98p-20F,  0x1.10af48p-21F,  0x1.59cdc6p-23F,  0x1.94e45cp-25F,
     0x1.b8add2p-27F,  0x1.bce032p-29F,  0x1.a23e18p-31F,  0x1.6d6f44p-33F,  0x1.298dcp-35F,
     0x1.c3baf2p-38F,  0x0p+0F},
    {-0x1.b18936p-7F,  -0x1.148e9p-7F,   -0x1.2ab6c2p-8F,  0x1.21dc8cp-12F,  0x1.0b3044p-8F,
     0x1.83b388p-8F,   0x1.7d1662p-8F,   0x1.18e832p-8F,   0x1.25eaaep-9F,   0x1.e75848p-12F,
     -0x1.5d4d76p-11F, -0x1.245872p-10F, -0x1.21f0b2p-10F, -0x1.c597ecp-11F, -0x1.2fc134p-11F,
     -0x1.6779e6p-12F, -0x1.7ebf6p-13F,  -0x1.725a9cp-14F, -0x1.480314p-15F, -0x1.0b04b4p-16F,
     -0x1.914da6p-18F, -0x1.16f72ap-19F, -0x1.678eb8p-21F, -0x1.ae5568p-23F, -0x1.dee3fp-25F,
     -0x1.f01a74p-27F, -0x1.dedc78p-29F, -0x1.aef9dap-31F, -0x1.69eb1cp-33F, -0x1.1bc3ccp-35F,
     -0x1.9fa496p-38F, 0x0p+0F},
    {0x1.f4eb78p-12F, -0x1.9736b4p-7F, -0x1.461556p-6F, -0x1.7a5d04p-6F, -0x1.481056p-6F,
     -0x1.b9b08ap-7F, -0x1.86d18ep-8F, 0x1.900472p-12F, 0x1.261d8ep-8F,  0x1.93db8ep-8F,
     0x1.855306p-8F,  0x1.37ec1cp-8F,  0x1.b3d922p-9F,  0x1.107a6ep-9F,  0x1.34b126p-10F,
     0x1.3f81fcp-11F, 0x1.30234cp-12F, 0x1.0ae5d2p-13F, 0x1.b1c44ep-15F, 0x1.46c526p-16F,
     0x1.c96b0ap-18F, 0x1.29d40cp-19F, 0x1.69366cp-21F, 0x1.986944p-23F, 0x1.aedae2p-25F,
     0x1.a85432p-27F, 0x1.866472p-29F, 0x1.4fa93cp-31F, 0x1.0ddb66p-33F, 0x1.95da1cp-36F,
     0x1.1d8e4p-38F,  0x0p+0F},
    {0x1.1035cap-4F,   0x1.eeeebep-5F,   0x1.6882ep-5F,    0x1.67b5dep-6F,   -0x1.51d8a4p-20F,
     -0x1.188756p-6F,  -0x1.ba123p-6F,   -0x1.e5e7fcp-6F,  -0x1.ba4a6ap-6F,  -0x1.601914p-6F,
     -0x1.f6917ep-7F,  -0x1.45ea9cp-7F,  -0x1.8342fp-8F,   -0x1.a7dc4cp-9F,  -0x1.acf056p-10F,
     -0x1.927496p-11F, -0x1.5ed256p-12F, -0x1.1c9358p-13F, -0x1.ae28ecp-15F, -0x1.2f3aa2p-16F,
     -0x1.8f0f2cp-18F, -0x1.ea932ap-20F, -0x1.19d624p-21F, -0x1.2ed2a2p-23F, -0x1.30647cp-25F,
     -0x1.1e58aep-27F, -0x1.f8592ap-30F, -0x1.9fec5cp-32F, -0x1.414648p-34F, -0x1.d0fd62p-37F,
     -0x1.3b4fdp-39F,  0x0p+0F},
    {0x1.145e1ep-20F, 0x1.8bfc82p-5F,  0x1.68819ep-4F,  0x1.ce8d5cp-4F,  0x1.ef8d34p-4F,
     0x1.d39348p-4F,  0x1.8ddfe2p-4F,  0x1.3537ep-4F,   0x1.ba4b72p-5F,  0x1.2482dp-5F,
     0x1.66fa8cp-6F,  0x1.99b7d8p-7F,  0x1.b3aaeep-8F,  0x1.b02b88p-9F,  0x1.90581cp-10F,
     0x1.5a9dacp-11F, 0x1.18a962p-12F, 0x1.a94fd2p-14F, 0x1.2daeacp-15F, 0x1.90cf3ep-17F,
     0x1.f2dbdp-19F,  0x1.22e89ap-20F, 0x1.3e01b6p-22F, 0x1.45e468p-24F, 0x1.39252cp-26F,
     0x1.1a2cfcp-28F, 0x1.dcf64cp-31F, 0x1.7a1f42p-33F, 0x1.19373cp-35F, 0x1.8871fap-38F,
     0x1.00f00ap-40F, 0x0p+0F},
    {-0x1.988454p-2F,  -0x1.8bf2bap-2F,  -0x1.6883dp-2F,   -0x1.345d5ep-2F,  -0x1.ef8e58p-3F,
     -0x1.7610bap-3F,  -0x1.094086p-3F,  -0x1.616454p-4F,  -0x1.ba4b44p-5F,  -0x1.0402ep-5F,
     -0x1.1f2f06p-6F,  -0x1.29fa54p-7F,  -0x1.227214p-8F,  -0x1.09f38ep-9F,  -0x1.c9897ep-11F,
     -0x1.71b93p-12F,  -0x1.18a99p-13F,  -0x1.904b02p-15F, -0x1.0c29aap-16F, -0x1.51864ep-18F,
     -0x1.8f16a4p-20F, -0x1.bb4aa2p-22F, -0x1.ce8ee4p-24F, -0x1.c56b5p-26F,  -0x1.a18844p-28F,
     -0x1.6930e4p-30F, -0x1.258596p-32F, -0x1.c02848p-35F, -0x1.4166acp-37F, -0x1.b1100ep-40F,
     -0x1.12151p-42F,  0x0p+0F},
    {0x1p-1F,         0x1.9aecbap-2F,  0x1.3bf144p-2F,  0x1.d022p-3F,    0x1.44ed0cp-3F,
     0x1.b0bdd2p-4F,  0x1.11a46ep-4F,  0x1.482a24p-5F,  0x1.74bcf8p-6F,  0x1.90925p-7F,
     0x1.96f4e6p-8F,  0x1.869044p-9F,  0x1.61de2p-10F,  0x1.2e86fep-11F, 0x1.e7dbcap-13F,
     0x1.72d956p-14F, 0x1.09ad7ap-15F, 0x1.66a5bcp-17F, 0x1.c8072ap-19F, 0x1.11056ep-20F,
     0x1.33ca3p-22F,  0x1.46a16ep-24F, 0x1.463cfcp-26F, 0x1.32a36p-28F,  0x1.0f30f2p-30F,
     0x1.c34c3p-33F,  0x1.614054p-35F, 0x1.041792p-37F, 0x1.683c46p-40F, 0x1.d53e5ap-43F,
     0x1.1f690ap-45F, 0x0p+0F},
};
#define VF_HAVE_GELU_FAST
VF_WORD vf vf_gelu_fast(vf x) { return gelu_by_segments(gelu_segments, x); }

static const segment_table gelu_tanh_segments[] __attribute__((aligned(64))) = {

    {0x1.1a4c9ap-7F,   0x1.2f0eb8p-5F,   -0x1.ea5d98p-6F,  0x1.d56dbap-10F, 0x1.7bf804p-8F,
     0x1.77f138p-8F,   0x1.49490ap-9F,   -0x1.2f99dcp-9F,  -0x1.4dbfbcp-9F, -0x1.03a7b2p-12F,
     -0x1.43f38ap-11F, -0x1.5ea9dap-13F, -0x1.10c588p-16F, 0x1.181ddp-13F,  0x1.5d8984p-13F,
     0x1.26260cp-13F,  0x1.7c21c8p-14F,  0x1.a3aff4p-15F,  0x1.88f76ep-16F, 0x1.36a1f6p-17F,
     0x1.9fb772p-19F,  0x1.d9448ep-21F,  0x1.c70e9ep-23F,  0x1.7071ccp-25F, 0x1.f461d8p-28F,
     0x1.1ba8dep-30F,  0x1.0b15bp-33F,   0x1.9f7e1ap-37F,  0x1.097ecp-40F,  0x1.153544p-44F,
     0x1.d62b4ep-49F,  0x0p+0F},
    {-0x1.b91436p-7F,  -0x1.1c0618p-7F,  -0x1.2a9ba8p-8F,  0x1.e7d68p-12F,   0x1.1382b2p-8F,
     0x1.8aed28p-8F,   0x1.71d028p-8F,   0x1.0af3cp-8F,    0x1.12781p-9F,    0x1.e864a2p-12F,
     -0x1.17cd54p-11F, -0x1.05f2c8p-10F, -0x1.1418d2p-10F, -0x1.ca02c4p-11F, -0x1.41b972p-11F,
     -0x1.871dd4p-12F, -0x1.9dd264p-13F, -0x1.7d3142p-14F, -0x1.30fb24p-15F, -0x1.a63a4p-17F,
     -0x1.f7c1f6p-19F, -0x1.01c6e2p-20F, -0x1.c25ffp-23F,  -0x1.4e1e7ep-25F, -0x1.a2c79ep-28F,
     -0x1.b8f8dap-31F, -0x1.83e66ap-34F, -0x1.1b67bap-37F, -0x1.55f07ap-41F, -0x1.52a084p-45F,
     -0x1.1195bcp-49F, 0x0p+0F},
    {0x1.f50ebap-12F, -0x1.ab689cp-7F, -0x1.412dd8p-6F, -0x1.7a0bbcp-6F, -0x1.498bfp-6F,
     -0x1.b8514ep-7F, -0x1.7dee7ap-8F, 0x1.fbfa08p-12F, 0x1.1c2dc8p-8F,  0x1.7e7ceep-8F,
     0x1.78b296p-8F,  0x1.356908p-8F,  0x1.bdd08ap-9F,  0x1.1d91d8p-9F,  0x1.46cb76p-10F,
     0x1.4d6d9cp-11F, 0x1.2e2386p-12F, 0x1.e3972cp-14F, 0x1.53ec62p-15F, 0x1.a16742p-17F,
     0x1.bd22f4p-19F, 0x1.99d746p-21F, 0x1.43ec22p-23F, 0x1.b4f6e4p-26F, 0x1.f41196p-29F,
     0x1.e29cb4p-32F, 0x1.866ecap-35F, 0x1.072d2cp-38F, 0x1.25d3d8p-42F, 0x1.0e042ap-46F,
     0x1.95fb24p-51F, 0x0p+0F},
    {0x1.118edep-4F,   0x1.f0893ep-5F,   0x1.678154p-5F,   0x1.612c96p-6F,   -0x1.ad9966p-12F,
     -0x1.1a90b8p-6F,  -0x1.b5d2cp-6F,   -0x1.de45eap-6F,  -0x1.b3ebd2p-6F,  -0x1.5df6d4p-6F,
     -0x1.fa6e7ap-7F,  -0x1.4d68fep-7F,  -0x1.906de8p-8F,  -0x1.b5de94p-9F,  -0x1.b2129p-10F,
     -0x1.83e81cp-11F, -0x1.368afp-12F,  -0x1.ba8cd8p-14F, -0x1.16d9bp-15F,  -0x1.34c118p-17F,
     -0x1.2a751p-19F,  -0x1.f48e7ap-22F, -0x1.69d78ap-24F, -0x1.c01eb6p-27F, -0x1.d863fep-30F,
     -0x1.a532f4p-33F, -0x1.3ba454p-36F, -0x1.8b1522p-40F, -0x1.9a5c4ep-44F, -0x1.5f7064p-48F,
     -0x1.ed293ep-53F, 0x0p+0F},
    {0x1.14660ap-20F, 0x1.8dbfb8p-5F,  0x1.697c88p-4F,  0x1.ceb2fep-4F,  0x1.ee61dep-4F,
     0x1.d1873cp-4F,  0x1.8c0b2cp-4F,  0x1.34905ap-4F,  0x1.bbbfc2p-5F,  0x1.279ba4p-5F,
     0x1.6d253p-6F,   0x1.a178eap-7F,  0x1.b82b2ap-8F,  0x1.a9d84cp-9F,  0x1.77c7c2p-10F,
     0x1.2c81bcp-11F, 0x1.b0a462p-13F, 0x1.1675b4p-14F, 0x1.3e56c8p-16F, 0x1.410df6p-18F,
     0x1.1bc278p-20F, 0x1.b4b1b2p-23F, 0x1.22a316p-25F, 0x1.4c6c9ap-28F, 0x1.449776p-31F,
     0x1.0cd05p-34F,  0x1.772bfap-38F, 0x1.b655dcp-42F, 0x1.a9ee6ap-46F, 0x1.55f7a8p-50F,
     0x1.c2bc2ep-55F, 0x0p+0F},
    {-0x1.988454p-2F,  -0x1.8be3b2p-2F,  -0x1.685438p-2F,  -0x1.341904p-2F,  -0x1.ef2636p-3F,
     -0x1.7614e2p-3F,  -0x1.09c7aep-3F,  -0x1.6318e4p-4F,  -0x1.bda58p-5F,   -0x1.06289cp-5F,
     -0x1.20430ep-6F,  -0x1.26ffdap-7F,  -0x1.178bf2p-8F,  -0x1.e7bfcap-10F, -0x1.8546c2p-11F,
     -0x1.1a5e3ep-12F, -0x1.71d116p-14F, -0x1.b2519ap-16F, -0x1.c64f14p-18F, -0x1.a46e26p-20F,
     -0x1.55ec3p-22F,  -0x1.e57e72p-25F, -0x1.2ae3bcp-27F, -0x1.3d047ep-30F, -0x1.1fbbaep-33F,
     -0x1.bbff9cp-37F, -0x1.21480ep-40F, -0x1.3c388p-44F,  -0x1.200f72p-48F, -0x1.b27668p-53F,
     -0x1.0d6ff2p-57F, 0x0p+0F},
    {0x1p-1F,         0x1.9aee04p-2F,  0x1.3bfa4cp-2F,  0x1.d0523p-3F,   0x1.453d22p-3F,
     0x1.b1795ep-4F,  0x1.123c8ep-4F,  0x1.48a34ap-5F,  0x1.73ef8ap-6F,  0x1.8c25e8p-7F,
     0x1.8b6cccp-8F,  0x1.701acep-9F,  0x1.3dd716p-10F, 0x1.fa1996p-12F, 0x1.71379ap-13F,
     0x1.ea7566p-15F, 0x1.26a204p-16F, 0x1.3e0c9ap-18F, 0x1.326b18p-20F, 0x1.05b8cep-22F,
     0x1.89ba4ap-25F, 0x1.0311f8p-27F, 0x1.28403p-30F,  0x1.246806p-33F, 0x1.eee87p-37F,
     0x1.64b418p-40F, 0x1.b3005cp-44F, 0x1.bdccacp-48F, 0x1.7d5f6ap-52F, 0x1.0e87d6p-56F,
     0x1.3c2158p-61F, 0x0p+0F},
};
#define VF_HAVE_GELU_TANH_FAST
VF_WORD vf vf_gelu_tanh_fast(vf x) { return gelu_by_segments(gelu_tanh_segments, x); }

#endif
