/* The skeletons of the embedded digits: five ways to write each, as a pen would go.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/digit_shapes.h"

const char *const axf_digit_shape[10][AXF_DIGIT_VARIANTS] = {
    {
        "m55,2 c25,12 c12,50 c28,92 c58,98 c84,70 c86,30 c68,4 c48,4",   /* an egg */
        "m60,3 c38,20 c25,60 c35,95 c55,92 c72,55 c74,15 c58,2",         /* narrow */
        "m40,10 c15,35 c15,75 c45,98 c80,85 c88,45 c70,10 c40,4 c30,18", /* the ends cross */
        "m50,5 c18,20 c8,52 c22,85 c52,96 c82,82 c92,50 c80,18 c52,5",   /* round */
        "m66,14 c40,4 c16,30 c16,70 c40,96 c70,88 c84,55 c76,22",        /* open at the top */
    },
    {
        "m50,0 k50,100",                     /* one stroke */
        "m62,0 c50,50 c40,100",              /* leaning */
        "m30,22 k55,0 c52,100",              /* with an upstroke */
        "m32,20 k52,2 k52,98 m28,98 k78,98", /* with upstroke and foot */
        "m42,8 k52,0 c48,50 c50,100",        /* with a hint of an upstroke */
    },
    {
        "m18,25 c35,3 c65,3 c78,25 c65,55 c38,78 k12,97 c50,95 c88,97",         /* a swan */
        "m20,22 c45,0 c75,12 c74,40 c45,75 c20,92 c14,80 c30,75 c60,92 c90,90", /* with a loop */
        "m15,20 c45,2 c80,20 c60,58 k15,96 k85,96",                             /* angular */
        "m22,30 c30,8 c60,2 c76,20 c70,48 c40,76 k15,96 c40,88 c65,98 c88,86",  /* a wavy foot */
        "m16,8 c50,0 c82,14 c72,46 k16,92 c50,99 c80,92",                       /* flat */
    },
    {
        "m18,12 c50,0 c78,18 c65,42 k40,48 c75,55 c82,82 c50,100 c15,88",               /* two bows */
        "m18,4 k78,4 k45,42 c78,52 c80,85 c48,99 c15,88",                               /* a flat top */
        "m20,15 c45,0 c72,12 c68,36 c42,47 c38,42 c60,46 c82,65 c70,92 c40,100 c14,84", /* a loop in the middle */
        "m24,10 c52,2 c70,18 c60,40 k42,46 c80,52 c88,78 c60,98 c20,94",                /* a large lower bow */
        "m15,6 c55,0 c80,22 c56,46 c60,50 c84,70 c60,97 c22,99",                        /* hardly a middle */
    },
    {
        "m28,3 k15,58 k85,55 m66,8 c62,98",                /* open */
        "m66,98 k68,2 k10,66 k90,66",                      /* closed, one stroke */
        "m20,5 c14,40 c35,55 c72,46 m75,3 c70,50 c66,100", /* round corners */
        "m34,0 c24,30 k15,48 k80,48 m66,18 k52,100",       /* leaning */
        "m60,4 k18,56 c50,60 c86,52 m62,2 c62,50 c54,100", /* closed, two strokes */
    },
    {
        "m78,4 k28,4 k22,42 c55,36 c82,58 c72,90 c40,100 c12,86",      /* one stroke */
        "m30,5 k26,44 c60,38 c80,65 c62,96 c18,92 m30,6 k82,2",        /* the hat last */
        "m76,6 c40,6 c26,20 c32,42 c70,56 c76,85 c45,100 c16,88",      /* near an S */
        "m80,2 k30,6 k18,48 c50,40 c76,56 c70,85 c18,98",              /* angular */
        "m74,0 c50,6 k34,6 k28,38 c52,40 c70,60 c64,86 c40,98 c20,82", /* a small bow */
    },
    {
        "m70,2 c35,25 c16,65 c30,95 c62,96 c78,72 c58,52 c30,58 c18,75", /* bent */
        "m55,0 c25,45 c18,80 c40,100 c72,88 c68,60 c42,58 c20,78",       /* straight */
        "m78,8 c48,6 c22,35 c14,72 c35,99 c70,92 c80,65 c55,48 c22,62",  /* a hooked top */
        "m62,0 c38,30 c25,70 c38,98 c62,90 c62,70 c40,66 c26,82",        /* a small loop */
        "m40,0 c22,40 c16,78 c36,99 c70,92 c76,68 c52,58 c28,78",        /* upright */
    },
    {
        "m14,6 k84,6 c55,50 c42,98",               /* plain */
        "m14,8 k82,4 c58,45 c40,98 m30,52 k74,48", /* with a bar */
        "m16,22 k18,6 k84,4 c60,42 c50,98",        /* with a serif */
        "m12,12 c45,6 c82,4 c76,30 c52,60 c46,98", /* round */
        "m20,10 c40,2 k78,8 k44,100",              /* leaning */
    },
    {
        "m66,14 c40,0 c20,20 c45,45 c76,70 c60,97 c30,94 c22,72 c50,48 c74,24 c62,8", /* one stroke */
        "m50,2 c24,14 c28,38 c50,46 c74,36 c74,12 c50,2 m50,46 c20,60 c18,88 c50,99 c82,86 c78,60 c50,46", /* rings */
        "m76,12 c50,0 c28,18 c44,44 c70,64 c62,94 c30,96 c26,72 c52,50 c82,20",       /* slanting */
        "m72,6 c36,6 c28,28 c60,52 c70,82 c44,100 c24,80 c42,54 c70,32 c80,10",       /* open at the top */
        "m60,10 c36,2 c28,24 c50,42 c80,66 c66,98 c24,96 c18,70 c46,46 c62,26 c58,8", /* a small head */
    },
    {
        "m72,18 c45,0 c18,20 c26,48 c56,48 c74,20 k76,10 c72,60 c62,99", /* bent */
        "m70,8 c35,4 c18,32 c40,50 c68,36 k72,6 c70,50 c70,98",          /* a straight tail */
        "m74,22 c50,0 c20,18 c28,48 c60,46 c76,18 c76,60 c55,95 c20,92", /* a hooked tail */
        "m66,12 c40,2 c24,26 c44,42 c66,28 k70,10 c64,60 c48,100",       /* a small loop */
        "m76,6 c40,0 c14,26 c30,52 c62,44 c78,8 c62,60 c36,100",         /* leaning */
    },
};
