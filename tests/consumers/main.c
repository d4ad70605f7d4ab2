/* A user's program: the sigmoid of a few numbers. */
#include <act/act.h>
#include <stdio.h>

int main(void) {
    float x[] = {1, -10, 0, 15, -2};
    act_status status = act_sigmoid_f32(x, 5);
    printf("%s %s: %.1f %.1f %.1f\n", act_version(), act_status_string(status), (double)x[0],
           (double)x[1], (double)x[2]);
    return status;
}
