/* A program that calls one function; the others must not be linked. */
#include <act/act.h>

int main(void) {
    float x[] = {1, 2, 3};
    return (int)act_sigmoid_f32(x, 3);
}
