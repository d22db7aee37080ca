/// Sets `y[i]` to a number of the uniform distribution over `range`.
///
/// y[i] = low + (high − low)·u, where u is one of the 2²⁴ (`Float`) or 2⁵³ (`Double`) multiples of 2⁻²⁴ or 2⁻⁵³ in
/// 0 ..< 1, each as likely.
///
/// ```swift
/// try randomUniform(into: &y, in: -1..<1, from: RandomSource(seed: 42))
/// ```
///
/// - Parameters:
///   - y: the numbers.
///   - range: the half-open interval they lie in.
///   - source: the element of a sequence that becomes `y[0]`.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/badArgument`` where `range` is empty or
///   wider than the largest number, ``KernelError/Kind/overflow`` where the sequence ends.
/// - Accuracy: product and sum are rounded once; a result that would round to the upper bound is the number before it.
/// - Edge cases: an empty span does nothing.
/// - Threads: element i has the same value for any number of threads, any ``ISA`` and any split of the sequence.
@inlinable
public func randomUniform<T: KernelScalar>(
  into y: inout MutableSpan<T>, in range: Range<T> = 0..<1, from source: RandomSource, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _draw(.uniform(range.lowerBound, range.upperBound), into: &y, source, isa, threads)
}

/// Sets `y[i]` to a number of the normal distribution.
///
/// y[i] = mean + deviation·z, with z by the method of Box and Muller: √(−2 ln v)·cos 2πu and √(−2 ln v)·sin 2πu, from the
/// words of two elements that are 32 apart.  `ck_random.h` has the formula to the bit.
///
/// - Parameters:
///   - y: the numbers.
///   - mean: the distribution's mean.
///   - deviation: its standard deviation, at least 0.
///   - source: the element of a sequence that becomes `y[0]`.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/badArgument`` where `mean` or `deviation`
///   is not finite or `deviation` negative, ``KernelError/Kind/overflow`` where the sequence ends.
/// - Accuracy: z is within 4 ulp of the formula for its v and u; |z| < 6.8 (`Float`) or 9.5 (`Double`).
/// - Edge cases: an empty span does nothing.
/// - Threads: as ``randomUniform(into:in:from:isa:threads:)``.
@inlinable
public func randomNormal<T: KernelScalar>(
  into y: inout MutableSpan<T>, mean: T = 0, deviation: T = 1, from source: RandomSource, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _draw(.normal(mean, deviation), into: &y, source, isa, threads)
}

/// Sets `y[i]` to 1 with the given probability, and to 0 otherwise.
///
/// y[i] is 1 where u < probability, u being what ``randomUniform(into:in:from:isa:threads:)`` gives from the same source.
///
/// - Parameters:
///   - y: the numbers.
///   - probability: of a 1, from 0 to 1; it is met to within 2⁻²⁴ (`Float`) or 2⁻⁵³ (`Double`).
///   - source: the element of a sequence that becomes `y[0]`.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/badArgument`` where `probability` is
///   outside 0 … 1, ``KernelError/Kind/overflow`` where the sequence ends.
/// - Accuracy: results are 0 and 1 exactly.
/// - Edge cases: an empty span does nothing.  A `probability` of 0 gives zeros alone, one of 1 ones alone.
/// - Threads: as ``randomUniform(into:in:from:isa:threads:)``.
@inlinable
public func randomBernoulli<T: KernelScalar>(
  into y: inout MutableSpan<T>, probability: Double, from source: RandomSource, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _draw(.bernoulli(probability), into: &y, source, isa, threads)
}
