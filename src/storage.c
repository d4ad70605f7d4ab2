/* The storage types' rows of kernels, and the public conversions of arrays. */
#include "storage.h"

#include "checks.h"
#include "dispatch.h"

#define STORAGE(type, infinity, wide, ...)                                                         \
    SIGNATURE_OF_WIDEN(ROW_OF_KERNELS, type##_widen)                                               \
    SIGNATURE_OF_NARROW(ROW_OF_KERNELS, type##_narrow)                                             \
    SIGNATURE_OF_SETTLED(ROW_OF_KERNELS, type##_settled)                                           \
    SIGNATURE_OF_RELU(ROW_OF_KERNELS, type##_relu)                                                 \
    const storage_type act_storage_##type = {.widen = row_##type##_widen,                          \
                                             .narrow = row_##type##_narrow,                        \
                                             .settled = row_##type##_settled,                      \
                                             .relu = row_##type##_relu};                           \
    act_status act_##type##_to_f32(float *dst, const act_##type *src, size_t n) {                  \
        const act_status status = act_check_conversion(dst, sizeof *dst, src, sizeof *src, n);     \
        return status != ACT_OK || n == 0 ? status : KERNEL_IN_USE(type##_widen)(dst, src, n);     \
    }                                                                                              \
    act_status act_f32_to_##type(act_##type *dst, const float *src, size_t n) {                    \
        const act_status status = act_check_conversion(dst, sizeof *dst, src, sizeof *src, n);     \
        return status != ACT_OK || n == 0 ? status : KERNEL_IN_USE(type##_narrow)(dst, src, n);    \
    }
EACH_STORAGE(STORAGE, )
