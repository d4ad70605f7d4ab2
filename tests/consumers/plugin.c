/* A plug-in that uses libact internally: only the plug-in's own symbols may be visible. */
#include <act/act.h>

void plugin_activate(float *x, size_t n);
void plugin_activate(float *x, size_t n) { (void)act_sigmoid_f32(x, n); }
