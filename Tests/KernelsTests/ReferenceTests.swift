import KernelProperties
import KernelsReference
import Testing

@Suite("The references")
struct ReferenceTests {
  @Test("a product of small integers is the schoolbook's")
  func schoolbook() {
    let a = ReferenceMatrix<Float>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
    let b = ReferenceMatrix<Float>(rows: 3, columns: 2, elements: [7, 8, 9, 10, 11, 12])
    let c = ReferenceMatrix<Float>(rows: 2, columns: 2, elements: [1, 1, 1, 1])
    let product = referenceGEMM(alpha: 2, a, b, beta: -1, c)
    #expect(product.values == [115, 127, 277, 307])
    #expect(product.scales == [117, 129, 279, 309])
  }

  @Test("the reference for Double keeps what Double loses")
  func doubleDouble() {
    // 2^53 + 1 - 2^53 and (1 + 2^-52)² - 1 need more than 53 bits on the way.
    let ones = ReferenceMatrix<Double>(rows: 3, columns: 1, elements: [1, 1, 1])
    let large = ReferenceMatrix<Double>(rows: 1, columns: 3, elements: [0x1p53, 1, -0x1p53])
    let zero = ReferenceMatrix<Double>(rows: 1, columns: 1, elements: [0])
    #expect(referenceGEMM(large, ones, zero).values[0].distance(to: 1) == 0)
    let x = 1 + 0x1p-52
    let square = referenceGEMM(
      ReferenceMatrix<Double>(rows: 1, columns: 2, elements: [x, 1]),
      ReferenceMatrix<Double>(rows: 2, columns: 1, elements: [x, -1]), zero)
    #expect(square.values[0].distance(to: 0x1p-51) == 0x1p-104)
  }

  @Test("sums of 1,000 products in double-double are right to 2⁻⁹⁸ of their scale")
  func doubleDoubleAgainstExact() {
    // Integers below 2^50: the exact sum of products fits Int128.
    var random = SplitMix64(seed: 7)
    let range = -(1 << 50)...(1 << 50)
    let x = (0..<1000).map { _ in Int.random(in: range, using: &random) }
    let y = (0..<1000).map { _ in Int.random(in: range, using: &random) }
    let exact = zip(x, y).reduce(Int128(0)) { $0 + Int128($1.0) * Int128($1.1) }
    let product = referenceGEMM(
      ReferenceMatrix<Double>(rows: 1, columns: 1000, elements: x.map(Double.init)),
      ReferenceMatrix<Double>(rows: 1000, columns: 1, elements: y.map(Double.init)),
      ReferenceMatrix<Double>(rows: 1, columns: 1, elements: [0]))
    let error = exact - Int128(product.values[0].head) - Int128(product.values[0].tail)
    #expect(Double(error.magnitude) <= product.scales[0] * 0x1p-98)
  }

  @Test("the comparator fails NaN, infinities, zeros and one wrong unit beyond the bound", arguments: [1, 7, 300])
  func comparator(depth: Int) {
    var random = SplitMix64(seed: UInt64(depth))
    let a = ReferenceMatrix<Float>(rows: 1, columns: depth) { _, _ in .random(in: 0.5...1, using: &random) }
    let b = ReferenceMatrix<Float>(rows: depth, columns: 1) { _, _ in .random(in: 0.5...1, using: &random) }
    let product = referenceGEMM(a, b, ReferenceMatrix(rows: 1, columns: 1, elements: [0]))
    let exact = Float(product.values[0])
    let beyond = Float(product.values[0] + product.bound(at: 0)).nextUp
    #expect(product.errorOverBound(of: exact, at: 0) <= 1)
    for wrong in [Float.nan, .infinity, -.infinity, 0, -exact, beyond] {
      #expect(!(product.errorOverBound(of: wrong, at: 0) <= 1), "\(wrong) passed for \(exact)")
    }
  }

  @Test("where the bound is 0 only the exact value passes")
  func zeroBound() {
    let zero = ReferenceMatrix<Double>(rows: 1, columns: 1, elements: [0])
    let product = referenceGEMM(zero, zero, zero)
    #expect(product.errorOverBound(of: 0, at: 0) == 0)
    #expect(product.errorOverBound(of: .leastNonzeroMagnitude, at: 0) == .infinity)
    #expect(product.errorOverBound(of: .nan, at: 0) == .infinity)
  }

  @Test("each step of the epilogue rounds once, and NaN passes every activation")
  func epilogue() {
    let x = ReferenceMatrix<Float>(rows: 1, columns: 2, elements: [0x1p24, .nan])
    let steps = ReferenceEpilogue<Float>(rowBias: [1], columnBias: [1, 1], activation: .clamp(low: 0, high: 0x1p25))
    // 2^24 + 1 rounds to 2^24, twice; added at once the two would show.
    #expect(steps(x)[0, 0] == 0x1p24)
    let activations: [ReferenceActivation<Float>] = [.relu, .leakyReLU(slope: 0.5), .clamp(low: -1, high: 1)]
    for activation in activations { #expect(activation(.nan).isNaN) }
    #expect(activations.map { $0(-4) } == [0, -2, -1])
    #expect(activations.map { $0(4) } == [4, 4, 1])
    let y = ReferenceMatrix<Float>(rows: 1, columns: 3, elements: [-4, 4, -0.0])
    #expect(ReferenceEpilogue<Float>(rowSlopes: [3])(y).elements == [-12, 4, 0])
    #expect(ReferenceEpilogue<Float>(columnSlopes: [3, 3, .infinity])(y).elements == [-12, 4, 0])
  }
}
