/* A plug-in that uses libact for itself: nothing of it may be visible beside the plug-in's own. */
#include <act/act.h>

void plugin_activate(float *x, size_t n);
void plugin_activate(float *x, size_t n) { (void)act_sigmoid_f32(x, n); }
