import KernelProperties
import Kernels
import Testing

/// Every rule of pooling, each on its share of the 10,000 cases per element type and instruction set.
@Suite("Pooling")
struct PoolingPropertyTests {
  @Test("a maximum and its index are those of the definition: ties, NaN, empty windows", arguments: ISA.available)
  func maximum(isa: ISA) { expectHolds(.pooling, "maximum", on: isa) }

  @Test("a maximum is the same without indices", arguments: ISA.available)
  func maximumAlone(isa: ISA) { expectHolds(.pooling, "maximum-alone", on: isa) }

  @Test("an average stays within n u of the mean of magnitudes", arguments: ISA.available)
  func average(isa: ISA) { expectHolds(.pooling, "average", on: isa) }

  @Test("norms of integers are exact sums, rounded once", arguments: ISA.available)
  func norm(isa: ISA) { expectHolds(.pooling, "norm", on: isa) }

  @Test(
    "A5: the gradient of max-pooling is one-hot at the arg-max, the lowest index of a tie", arguments: ISA.available)
  func maximumGradient(isa: ISA) { expectHolds(.pooling, "maximum-gradient", on: isa) }

  @Test("the gradient of an average stays within its bound", arguments: ISA.available)
  func averageGradient(isa: ISA) { expectHolds(.pooling, "average-gradient", on: isa) }

  @Test("C11: unpooling puts maxima back in place; its adjoint gathers by index", arguments: ISA.available)
  func unpool(isa: ISA) { expectHolds(.pooling, "unpool", on: isa) }

  @Test("threads, place in the batch and instruction set keep the bits", arguments: ISA.available)
  func bits(isa: ISA) { expectHolds(.pooling, "bits", on: isa) }

  @Test("malformed calls throw with operand and numbers and write nothing", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.pooling, "malformed", on: isa) }
}

@Suite("Pooling by example")
struct PoolingExampleTests {
  @Test("C9: two 2x2 max-poolings widen a 3x3 receptive field from 4 to 6 inputs", arguments: ISA.available)
  func receptiveField(isa: ISA) throws {
    // The field of an output of a pooling is that of its window: along one axis, a 3-wide field around each element.
    // Probed with gradients: which inputs of a ramp's maximum are reached when each tap of the windows wins in turn.
    let n = 16
    var reached: Set<Int> = []
    var twice: Set<Int> = []
    for winner in 0..<n {
      var x = [Double](repeating: 0, count: n)
      x[winner] = 1
      let once = try maximumGradient(of: x, output: n / 4, isa)
      if once != nil { reached.insert(winner) }
      let pooled = try maxima(of: x, isa)
      if try maximumGradient(of: pooled, output: n / 8, isa) != nil { twice.insert(winner) }
    }
    // Output 4 sees elements 8 and 9, so with one neighbour on either side from the convolution inputs 7 ... 10: four.
    #expect(reached == [8, 9])
    // After the second pooling output 2 sees elements 8 ... 11, so inputs 7 ... 12: six, not seven.
    #expect(twice == [8, 9, 10, 11])
  }

  private func pooling(_ n: Int) -> Pooling { Pooling(.max, channels: 1, input: n, kernel: 2) }

  private func maxima(of x: [Double], _ isa: ISA) throws -> [Double] {
    var y = [Double](repeating: 0, count: x.count / 2)
    var out = y.mutableSpan
    try pool(x.span, pooling(x.count), into: &out, isa: isa)
    return y
  }

  /// Where the gradient of that output goes, if to the one element that is 1.
  private func maximumGradient(of x: [Double], output: Int, _ isa: ISA) throws -> Int? {
    var y = [Double](repeating: 0, count: x.count / 2)
    var indices = [Int32](repeating: 0, count: x.count / 2)
    var out = y.mutableSpan
    var found = indices.mutableSpan
    try pool(x.span, pooling(x.count), into: &out, indices: &found, isa: isa)
    var dy = [Double](repeating: 0, count: y.count)
    dy[output] = 1
    var dx = [Double](repeating: 0, count: x.count)
    var gradient = dx.mutableSpan
    try poolBackward(dy.span, indices: indices.span, pooling(x.count), into: &gradient, isa: isa)
    return dx.indices.first { dx[$0] == 1 && x[$0] == 1 }
  }

  @Test("a window in the padding alone gives -infinity and no index; averages 0", arguments: ISA.available)
  func emptyWindows(isa: ISA) throws {
    let x: [Float] = [3, 4]
    var y = [Float](repeating: 7, count: 4)
    var indices = [Int32](repeating: 7, count: 4)
    var out = y.mutableSpan
    var found = indices.mutableSpan
    let maximum = Pooling(.max, channels: 1, input: 2, kernel: 2, stride: 2, padding: 3)
    try pool(x.span, maximum, into: &out, indices: &found, isa: isa)
    #expect(y == [-.infinity, 3, 4, -.infinity])
    #expect(indices == [-1, 0, 1, -1])
    var mean = maximum
    mean.kind = .average(countsPadding: false)
    out = y.mutableSpan
    try pool(x.span, mean, into: &out, isa: isa)
    #expect(y == [0, 3, 4, 0])
  }
}
