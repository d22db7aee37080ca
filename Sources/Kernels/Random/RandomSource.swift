/// A place in a random sequence: which sequence, and the index of the element that comes next.
///
/// Element i of a sequence is a function of `seed`, `stream` and i alone (Philox4x32-10, counter-based), so a sequence may
/// be cut into calls anywhere, computed in any order and computed again.  Nothing is advanced behind the caller's back:
///
/// ```swift
/// var source = RandomSource(seed: 42)
/// try randomNormal(into: &a, from: source)
/// source = source.advanced(by: a.count)
/// try randomNormal(into: &b, from: source)  // goes on where the first call ended
/// ```
///
/// Source: J. Salmon, M. Moraes, R. Dror and D. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011.
public struct RandomSource: Hashable, Codable, Sendable {
  /// The key: different seeds give independent sequences.
  public var seed: UInt64

  /// The upper half of the counter: for each seed, different streams are independent too.
  public var stream: UInt64

  /// The index of the first element of a call.
  public var offset: UInt64

  /// Makes a source that starts at element `offset` of a sequence.
  public init(seed: UInt64, stream: UInt64 = 0, offset: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.offset = offset
  }

  /// The place `count` elements further on.
  ///
  /// - Precondition: `count` is at least 0, and the sum is below 2⁶⁴.
  public func advanced(by count: Int) -> RandomSource {
    RandomSource(seed: seed, stream: stream, offset: offset + UInt64(count))
  }
}
