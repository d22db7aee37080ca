// Template: the constants of random numbers of type Double.  As f32/constants.inc.h: relative errors 2^-55 and 2^-58.

enum { TURN_S_TERMS = 6, TURN_C_TERMS = 7 };
static const double QUARTER_TURN = 0x1.921fb54442d18p0, QUARTER_TURN_LOW = 0x1.1a62633145c07p-54;
static const double TURN_S[TURN_S_TERMS] = {-0x1.4abbce625be52p-1, 0x1.466bc6775a463p-4,   -0x1.32d2cce4fe8eap-8,
                                            0x1.50783206a3e36p-13, -0x1.e3027c0da6c78p-19, 0x1.e4a92c43dc2cdp-25};
static const double TURN_C[TURN_C_TERMS] = {-0x1.3bd3cc9be45dep0,  0x1.03c1f081b5a23p-2,   -0x1.55d3c7e3b7784p-6,
                                            0x1.e1f50664cd251p-11, -0x1.a6d1d2d6a2c6dp-16, 0x1.f9b7a55c613a8p-22,
                                            -0x1.ac07c523d2bafp-28};
