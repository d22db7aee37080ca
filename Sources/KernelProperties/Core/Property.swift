public import Kernels

/// A statement about a kernel that holds for every case, and how to check one.
public struct Property<Case: PropertyCase>: Sendable {
  /// Its part of an id: a few words joined by hyphens, such as `beta-zero`.
  public let name: String

  /// The statement, a sentence without its full stop.
  public let claim: String

  /// Its share of a kernel's cases, relative to the other properties.
  public let weight: Int

  /// Cases that every run checks first.
  let pinned: [Case]
  let generate: @Sendable (inout SplitMix64) -> Case
  let check: @Sendable (Case, ISA) throws -> Double

  /// - Parameters:
  ///   - pinned: cases that every run checks first, of its share.
  ///   - generate: draws a case.
  ///   - check: returns the worst error as a fraction of its bound (0 where results are compared bit by bit), or throws
  ///     a ``PropertyFailure``.  Any other error is a failure too.
  public init(
    _ name: String, _ claim: String, weight: Int = 1, pinned: [Case] = [],
    generate: @escaping @Sendable (inout SplitMix64) -> Case,
    check: @escaping @Sendable (Case, ISA) throws -> Double
  ) {
    self.name = name
    self.claim = claim
    self.weight = weight
    self.pinned = pinned
    self.generate = generate
    self.check = check
  }
}

/// Why a case contradicts its property.
public struct PropertyFailure: Error, Sendable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// What checking one property of one kernel on one instruction set gave.
public struct Verdict: Sendable {
  /// A counter-example.
  public struct Failure: Sendable {
    /// What was wrong with the smallest failing case.
    public let message: String

    /// The line that ``replay(_:)`` takes.
    public let replay: String

    /// The index of the case that failed first, before it was made smaller.
    public let index: Int
  }

  /// `kernel/type/isa/property`.
  public let id: String
  public let claim: String

  /// How many cases were checked.
  public let cases: Int

  /// The worst error as a fraction of its bound; 0 for properties that compare bits.
  public let worst: Double

  /// nil where every case passed.
  public let failure: Failure?

  public var passed: Bool { failure == nil }
}
