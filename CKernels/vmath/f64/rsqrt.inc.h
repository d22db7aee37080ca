// Template: 1 / sqrt(x) of Double.  Needs: rsqrt.inc.h.

static inline vf v_rsqrt(vf x) { return rsqrt_by_root(x); }
