/*
 * The kernels of all families.  Only units with one vector in flight have the row-wise ones: their
 * reductions depend on the width.
 */
#ifndef ACT_KERNELS_FAMILIES_H
#define ACT_KERNELS_FAMILIES_H

#include "kernels/exponentials.h"
#include "kernels/gelu.h"
#include "kernels/laplace.h"
#include "kernels/piecewise.h"
#include "kernels/sigmoids.h"
#include "kernels/silu.h"
#include "kernels/snake.h"
#include "kernels/softcap.h"
#include "kernels/softplus.h"

#if VF_IN_FLIGHT == 1
#include "kernels/attention.h"
#include "kernels/channels.h"
#include "kernels/columns.h"
#include "kernels/gates.h"
#include "kernels/logsumexp.h"
#include "kernels/prelu.h"
#include "kernels/selection.h"
#include "kernels/softmax.h"
#include "kernels/xielu.h"
#endif

#endif
