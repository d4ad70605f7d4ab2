/*
 * Links only if SLEEF has every function of double that the f64 kernels call, for the backend whose
 * vocabulary the build names.  The loads and stores keep vectors out of main.
 */
#include VOCABULARY

int main(void) {
    double x[DV_LANES] = {0};
    const dv a = dv_load(x);
    dv_store(x, DV_SLEEF(exp, u10)(a) + DV_SLEEF(expm1, u10)(a) + DV_SLEEF(log1p, u10)(a) +
                    DV_SLEEF(tanh, u10)(a));
    return (int)x[0];
}
