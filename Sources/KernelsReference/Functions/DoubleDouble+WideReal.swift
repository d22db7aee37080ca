/// Functions of about 100 bits, by series and Newton steps: short rather than fast.
extension DoubleDouble: WideReal {
  public init(_ head: Double, _ tail: Double) { self.init(head: head, tail: tail) }

  public var approximation: Double { head }
  public var rounded: Double { head }

  public static func - (x: DoubleDouble, y: DoubleDouble) -> DoubleDouble { x + -y }

  public static prefix func - (x: DoubleDouble) -> DoubleDouble { DoubleDouble(-x.head, -x.tail) }

  public static func * (x: DoubleDouble, y: DoubleDouble) -> DoubleDouble {
    let product = exactProduct(x.head, y.head)
    guard product.head != 0, product.head.isFinite else { return DoubleDouble(product.head) }
    let cross = (x.head * y.tail).addingProduct(x.tail, y.head)
    return DoubleDouble(product.head, product.tail + cross).renormalized()
  }

  /// Long division: each further digit is the quotient of the rest.
  public static func / (x: DoubleDouble, y: DoubleDouble) -> DoubleDouble {
    let first = x.head / y.head
    guard first.isFinite, first != 0 else { return DoubleDouble(first) }
    var rest = x - y * first
    let second = rest.head / y.head
    rest = rest - y * second
    return DoubleDouble(first, second).renormalized() + DoubleDouble(rest.head / y.head)
  }

  public static func squareRoot(_ x: DoubleDouble) -> DoubleDouble {
    if x.head > 0, x.head < 0x1p-900 { return squareRoot(x.scaled(by: 1000)).scaled(by: -500) }
    let root = x.head.squareRoot()
    guard root > 0, root.isFinite else { return DoubleDouble(root) }
    return DoubleDouble(root) + (x - exactProduct(root, root)) / DoubleDouble(2 * root)
  }

  /// x 2^k, rounded where that is subnormal.
  func scaled(by k: Int) -> DoubleDouble {
    DoubleDouble(
      Double(sign: .plus, exponent: k, significand: head), Double(sign: .plus, exponent: k, significand: tail))
  }
}

// MARK: Exponentials

extension DoubleDouble {
  private static let ln2 = DoubleDouble(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)

  /// 1/n! for n = 1 … 12.
  private static let inverseFactorials: [DoubleDouble] = (1...12).map { n in
    (1...n).reduce(DoubleDouble(1)) { $0 / DoubleDouble(Double($1)) }
  }

  /// k and e^(x − k ln 2) − 1, with |x − k ln 2| <= ln 2 / 2: the series of a 512th, squared nine times.
  private static func reducedExpm1(_ x: DoubleDouble) -> (k: Int, rest: DoubleDouble) {
    let k = (x.head / ln2.head).rounded()
    let s = (x - ln2 * k).scaled(by: -9)
    var sum = inverseFactorials.reversed().reduce(DoubleDouble(0)) { $0 * s + $1 } * s
    for _ in 0..<9 { sum = sum * (sum + DoubleDouble(2)) }
    return (Int(k), sum)
  }

  public static func exp(_ x: DoubleDouble) -> DoubleDouble {
    if x.head < -800 { return DoubleDouble(0) }
    if x.head > 800 { return DoubleDouble(.infinity) }
    let (k, rest) = reducedExpm1(x)
    return (rest + DoubleDouble(1)).scaled(by: k)
  }

  public static func exp2(_ x: DoubleDouble) -> DoubleDouble {
    if x.head.magnitude > 1100 { return DoubleDouble(x.head < 0 ? 0 : .infinity) }
    let k = x.head.rounded()
    return exp((x - DoubleDouble(k)) * ln2).scaled(by: Int(k))
  }

  public static func expm1(_ x: DoubleDouble) -> DoubleDouble {
    if x.head > 100 { return exp(x) }
    if x.head < -100 { return DoubleDouble(-1) }
    if x.head.magnitude < 0x1p-110 { return x }
    let (k, rest) = reducedExpm1(x)
    return k == 0 ? rest : (rest + DoubleDouble(1)).scaled(by: k) - DoubleDouble(1)
  }

  /// The exponent and the logarithm of the significand, taken from √½ … √2.
  private static func splitLog(_ x: DoubleDouble) -> (exponent: Double, rest: DoubleDouble) {
    let k = Int(x.head.exponent) + (x.head.significand > 0x1.6a09e667f3bcdp0 ? 1 : 0)
    return (Double(k), log1p(x.scaled(by: -k) - DoubleDouble(1)))
  }

  public static func log(_ x: DoubleDouble) -> DoubleDouble {
    let (exponent, rest) = splitLog(x)
    return ln2 * exponent + rest
  }

  public static func log2(_ x: DoubleDouble) -> DoubleDouble {
    let (exponent, rest) = splitLog(x)
    return DoubleDouble(exponent) + rest / ln2
  }

  /// One step of Halley's method from a start with 53 bits.
  public static func log1p(_ x: DoubleDouble) -> DoubleDouble {
    if x.head > 0x1p110 { return log(x) }
    if x.head.magnitude < 0x1p-110 { return x }
    let start = DoubleDouble(startOfLog1p(x.head))
    let e = expm1(start)
    return start + (x - e) * 2 / (x + e + DoubleDouble(2))
  }
}

// MARK: Error functions

extension DoubleDouble {
  public static func erf(_ x: DoubleDouble) -> DoubleDouble {
    if x.head.magnitude < 3 { return erfSeries(x) }
    let tail = DoubleDouble(1) - erfcFraction(x.head < 0 ? -x : x)
    return x.head < 0 ? -tail : tail
  }

  public static func erfc(_ x: DoubleDouble) -> DoubleDouble {
    if x.head.magnitude < 3 { return DoubleDouble(1) - erfSeries(x) }
    return x.head < 0 ? DoubleDouble(2) - erfcFraction(-x) : erfcFraction(x)
  }

  /// 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms all have one sign.
  private static func erfSeries(_ x: DoubleDouble) -> DoubleDouble {
    let square = x * x
    var (term, sum, n) = (x, x, 0.0)
    while term.head.magnitude > sum.head.magnitude * 0x1p-110 {
      n += 1
      term = term * square * 2 / DoubleDouble(2 * n + 1)
      sum = sum + term
    }
    return sum * exp(-square) * DoubleDouble(0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56)
  }

  /// e^(−x²)/√π · 1/(x + ½/(x + 1/(x + (3/2)/(x + …)))) for x >= 3 [Abramowitz and Stegun 1964, 7.1.14].
  private static func erfcFraction(_ x: DoubleDouble) -> DoubleDouble {
    if x.head > 30 { return DoubleDouble(0) }
    let fraction = (1...120).reversed().reduce(x) { x + DoubleDouble(Double($1) / 2) / $0 }
    return exp(-(x * x)) * DoubleDouble(0x1.20dd750429b6dp-1, 0x1.1ae3a914fed80p-57) / fraction
  }
}
