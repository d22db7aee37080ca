internal import Foundation

extension ReferenceSequence {
  /// z of element `index` by the method of Box and Muller, from the elements `j` and `j + 32` of its 64.
  ///
  /// The functions are the C library's, in `Double`.  Within ``normalBound(_:_:)`` of what a kernel may give.
  public func normal<T: ReferenceScalar>(_ index: UInt64, _: T.Type) -> Double {
    let first = index % 64 < 32 ? index : index - 32
    let radius = (-2 * log(positive(first, T.self))).squareRoot()
    let turn = Double(unit(first + 32) as T)
    // Reduced exactly to quarters of a turn, so that the result is near the exact one in relative terms.
    let quarter = (4 * turn).rounded()
    let angle = (4 * turn - quarter) * (.pi / 2)
    let place = (Int(quarter) + (index == first ? 0 : 3)) % 4
    let value = place % 2 == 0 ? cos(angle) : sin(angle)
    return radius * (place == 1 || place == 2 ? -value : value)
  }

  /// How far a kernel's z may be from `exact`: its own 4 ulp, and for `Double` as many again for this reference, whose
  /// logarithm, root, angle, sine and product are each off by up to one rounding or ulp.
  public static func normalBound<T: ReferenceScalar>(_ exact: Double, _: T.Type) -> Double {
    (T.significandBitCount == 23 ? 4 : 8) * 2 * T.unitRoundoff * exact.magnitude
  }
}
