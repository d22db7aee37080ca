/// An unevaluated sum `head + tail` of two doubles, `|tail| <= ulp(head) / 2`: about 106 bits of significand.
///
/// The algorithms are Knuth's TwoSum, a fused TwoProduct and Dekker's renormalisation
/// [Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed., sections 4.3, 4.4 and 14.1].
public struct DoubleDouble: WideNumber {
  public typealias Narrow = Double
  public let head: Double
  public let tail: Double

  @inlinable public init(_ x: Double) { self.init(head: x, tail: 0) }

  @inlinable init(head: Double, tail: Double) {
    self.head = head
    self.tail = tail
  }

  /// `x + y` without error: `head` is the rounded sum, `tail` what rounding lost.
  @inlinable static func exactSum(_ x: Double, _ y: Double) -> DoubleDouble {
    let sum = x + y
    let yRounded = sum - x
    let xRounded = sum - yRounded
    return DoubleDouble(head: sum, tail: (x - xRounded) + (y - yRounded))
  }

  /// `x y` without error, barring underflow.
  @inlinable static func exactProduct(_ x: Double, _ y: Double) -> DoubleDouble {
    let product = x * y
    return DoubleDouble(head: product, tail: (-product).addingProduct(x, y))
  }

  /// The same value with `|tail| <= ulp(head) / 2`, given `|head| >= |tail|` or `head == 0`.
  @inlinable func renormalized() -> DoubleDouble {
    let sum = head + tail
    return DoubleDouble(head: sum, tail: tail - (sum - head))
  }

  @inlinable public static func + (x: DoubleDouble, y: DoubleDouble) -> DoubleDouble {
    let heads = exactSum(x.head, y.head)
    let tails = exactSum(x.tail, y.tail)
    let sum = DoubleDouble(head: heads.head, tail: heads.tail + tails.head).renormalized()
    return DoubleDouble(head: sum.head, tail: sum.tail + tails.tail).renormalized()
  }

  @inlinable public static func * (x: DoubleDouble, y: Double) -> DoubleDouble {
    let product = exactProduct(x.head, y)
    return DoubleDouble(head: product.head, tail: product.tail.addingProduct(x.tail, y)).renormalized()
  }

  @inlinable public func distance(to x: Double) -> Double { ((head - x) + tail).magnitude }
}
