// Template: the constants of random numbers of type Float.

// pi / 2 = QUARTER_TURN + QUARTER_TURN_LOW; sin(pi/2 f) = f (pi/2 + f^2 S(f^2)) and cos(pi/2 f) = 1 + f^2 C(f^2) for
// |f| <= 1/2, vmath/coefficients/turns.sollya: relative errors 2^-26 and 2^-29.
enum { TURN_S_TERMS = 3, TURN_C_TERMS = 4 };
static const float QUARTER_TURN = 0x1.921fb6p0f, QUARTER_TURN_LOW = -0x1.777a5cp-25f;
static const float TURN_S[TURN_S_TERMS] = {-0x1.4abbccp-1f, 0x1.466606p-4f, -0x1.2eedb6p-8f};
static const float TURN_C[TURN_C_TERMS] = {-0x1.3bd3ccp0f, 0x1.03c19ep-2f, -0x1.55a5bp-6f, 0x1.d09348p-11f};
