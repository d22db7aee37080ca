#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

// The functions by their own names: inside the extension they would name its members.
private func libraryExp(_ x: Double) -> Double { exp(x) }
private func libraryExp2(_ x: Double) -> Double { exp2(x) }
private func libraryExpm1(_ x: Double) -> Double { expm1(x) }
private func libraryLog(_ x: Double) -> Double { log(x) }
private func libraryLog2(_ x: Double) -> Double { log2(x) }
private func libraryLog1p(_ x: Double) -> Double { log1p(x) }
private func libraryErf(_ x: Double) -> Double { erf(x) }
private func libraryErfc(_ x: Double) -> Double { erfc(x) }
private func librarySin(_ x: Double) -> Double { sin(x) }
private func libraryCos(_ x: Double) -> Double { cos(x) }

/// The C library's functions, whose errors of a few ULP of `Double` are 2⁻²⁷ ULP of `Float`.
extension Double: WideReal {
  public init(_ head: Double, _ tail: Double) { self = head + tail }

  public var approximation: Double { self }
  public var rounded: Float { Float(self) }

  public static func exp(_ x: Double) -> Double { libraryExp(x) }
  public static func exp2(_ x: Double) -> Double { libraryExp2(x) }
  public static func expm1(_ x: Double) -> Double { libraryExpm1(x) }
  public static func log(_ x: Double) -> Double { libraryLog(x) }
  public static func log2(_ x: Double) -> Double { libraryLog2(x) }
  public static func log1p(_ x: Double) -> Double { libraryLog1p(x) }
  public static func erf(_ x: Double) -> Double { libraryErf(x) }
  public static func erfc(_ x: Double) -> Double { libraryErfc(x) }
  public static func sin(_ x: Double) -> Double { librarySin(x) }
  public static func cos(_ x: Double) -> Double { libraryCos(x) }
  public static func squareRoot(_ x: Double) -> Double { x.squareRoot() }
}

/// A start for iterations over pairs.
func startOfLog1p(_ x: Double) -> Double { libraryLog1p(x) }
