// Template: CHAINS independent chains of multiply-adds over vectors of VECTOR_BYTES, in registers.
// The includer defines CHAINS, VECTOR_BYTES, TARGET and the names SUM_F32, SUM_F64.
// The return value only keeps the compiler from dropping the work.

TARGET static double SUM_F32(int64_t rounds, float factor, float term) {
  typedef float vf __attribute__((vector_size(VECTOR_BYTES)));
  vf chain[CHAINS] = {0}, sum = {0};
  for (int64_t round = 0; round < rounds; ++round) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; ++i) chain[i] = MULTIPLY_ADD(chain[i], factor, term);
  }
  for (int i = 0; i < CHAINS; ++i) sum += chain[i];
  return (double)sum[0];
}

TARGET static double SUM_F64(int64_t rounds, double factor, double term) {
  typedef double vf __attribute__((vector_size(VECTOR_BYTES)));
  vf chain[CHAINS] = {0}, sum = {0};
  for (int64_t round = 0; round < rounds; ++round) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; ++i) chain[i] = MULTIPLY_ADD(chain[i], factor, term);
  }
  for (int i = 0; i < CHAINS; ++i) sum += chain[i];
  return sum[0];
}

#undef CHAINS
#undef VECTOR_BYTES
#undef TARGET
#undef SUM_F32
#undef SUM_F64
#undef MULTIPLY_ADD
