import KernelProperties
import Kernels
import Testing

/// Every rule of resampling, each on its share of the 10,000 cases per element type and instruction set.
@Suite("Resampling")
struct ResamplingTests {
  @Test("outputs and gradients are those of the definition", arguments: ISA.available)
  func interpolation(isa: ISA) { expectHolds(.resampling, "interpolation", on: isa) }

  @Test("threads keep the bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.resampling, "threads", on: isa) }

  @Test("malformed calls throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.resampling, "malformed", on: isa) }

  @Test("four elements from two, in each of the four ways")
  func byHand() throws {
    let expected: [Resampling.Kind: [Double]] = [
      .nearest: [1, 1, 3, 3], .nearestCenter: [1, 1, 3, 3], .linear: [1, 1.5, 2.5, 3],
      .linearCorners: [1, 1 + 2.0 / 3, 1 + 4.0 / 3, 3],
    ]
    for kind in Resampling.Kind.allCases {
      let x: [Double] = [1, 3]
      var y = [Double](repeating: 0, count: 4)
      var out = y.mutableSpan
      try resample(
        x.span, Resampling(kind, channels: 1, input: SIMD3(1, 1, 2), output: SIMD3(1, 1, 4)), into: &out)
      for (got, want) in zip(y, expected[kind] ?? []) {
        #expect((got - want).magnitude <= 5 * 0x1p-53 * want, "\(kind): \(got), not \(want)")
      }
    }
  }
}
