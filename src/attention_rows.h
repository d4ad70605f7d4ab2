/* The checks of the options of attention rows. */
#ifndef ACT_ATTENTION_ROWS_H
#define ACT_ATTENTION_ROWS_H

#include "attention_place.h"
#include "checks.h"

/* All options, of which the caller's version of the struct may lack the last. */
ACT_HIDDEN act_status act_attention_options(act_attention_rows *all,
                                            const act_attention_rows *given);
/* The arrays beside the rows, which are not empty. */
ACT_HIDDEN act_status act_check_attention(matrix to, const act_attention_rows *o);

#endif
