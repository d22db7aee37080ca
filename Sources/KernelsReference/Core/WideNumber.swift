/// An element type whose reference results are computed with at least twice its precision.
public protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  /// The wider arithmetic: `Double` for `Float`, a pair of doubles for `Double`.
  associatedtype Wide: WideReal where Wide.Narrow == Self

  /// Compares bits, so NaN equals the same NaN and `-0` differs from `+0`.
  var bits: UInt64 { get }
}

/// A number of at least twice the precision of `Narrow`: all that a reference sum of products needs.
///
/// The relative error of one operation is at most `4 u²`, where `u` is the unit roundoff of `Narrow`.
public protocol WideNumber: Sendable {
  associatedtype Narrow: ReferenceScalar
  init(_ x: Narrow)
  static func + (x: Self, y: Self) -> Self
  static func * (x: Self, y: Narrow) -> Self

  /// `|self - x|`, rounded to `Double`; NaN or infinite when either is.
  func distance(to x: Narrow) -> Double
}

extension ReferenceScalar {
  /// The unit roundoff `u`: half the distance from 1 to the next number.
  @inlinable public static var unitRoundoff: Double { Double(ulpOfOne) / 2 }
}

extension Float: ReferenceScalar {
  public typealias Wide = Double
  @inlinable public var bits: UInt64 { UInt64(bitPattern) }
}

extension Double: ReferenceScalar {
  public typealias Wide = DoubleDouble
  @inlinable public var bits: UInt64 { bitPattern }
}

extension Double: WideNumber {
  public typealias Narrow = Float
  @inlinable public static func * (x: Double, y: Float) -> Double { x * Double(y) }
  @inlinable public func distance(to x: Float) -> Double { (self - Double(x)).magnitude }
}
