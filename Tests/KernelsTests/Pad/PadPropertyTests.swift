import KernelProperties
import Kernels
import Testing

/// Every rule of padding and of convolutions as matrices, each on its share of the 10,000 cases.
@Suite("Padding, im2col and Toeplitz matrices")
struct PadPropertyTests {
  @Test("padding repeats the elements that its mode names", arguments: ISA.available)
  func definition(isa: ISA) { expectHolds(.pad, "definition", on: isa) }

  @Test("its gradient adds what was repeated, in ascending order", arguments: ISA.available)
  func backward(isa: ISA) { expectHolds(.pad, "backward", on: isa) }

  @Test("padding and its gradient are adjoint", arguments: ISA.available)
  func adjoint(isa: ISA) { expectHolds(.pad, "adjoint", on: isa) }

  @Test("im2col holds what each output sees", arguments: ISA.available)
  func im2colHolds(isa: ISA) { expectHolds(.pad, "im2col", on: isa) }

  @Test("col2im is its adjoint, in ascending order of taps", arguments: ISA.available)
  func col2imAdds(isa: ISA) { expectHolds(.pad, "col2im", on: isa) }

  @Test("C3: the Toeplitz matrix times x is the kernel times im2col x", arguments: ISA.available)
  func toeplitzAgrees(isa: ISA) { expectHolds(.pad, "toeplitz", on: isa) }

  @Test("malformed calls throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.pad, "malformed", on: isa) }

  @Test("C3: in one dimension the matrix is banded and constant along its diagonals")
  func banded() throws {
    let g = ConvolutionGeometry(channels: 1, filters: 1, input: 5, kernel: 3, padding: .full)
    var matrix = [Double](repeating: .nan, count: try g.toeplitzCount)
    var out = matrix.mutableSpan
    let kernel: [Double] = [1, 2, 3]
    try toeplitz(kernel.span, g, into: &out)
    let rows = (0..<7).map { Array(matrix[$0 * 5..<$0 * 5 + 5]) }
    #expect(
      rows == [
        [3, 0, 0, 0, 0], [2, 3, 0, 0, 0], [1, 2, 3, 0, 0], [0, 1, 2, 3, 0], [0, 0, 1, 2, 3], [0, 0, 0, 1, 2],
        [0, 0, 0, 0, 1],
      ])
  }
}
