/* A program of one function, which must not link the others. */
#include <act/act.h>

int main(void) {
    float x[] = {1, 2, 3};
    return (int)act_sigmoid_f32(x, 3);
}
