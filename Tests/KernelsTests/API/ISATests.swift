import Kernels
import Testing

@Suite struct ISATests {
  @Test("the best instruction set comes first, generic last, each once")
  func order() {
    #expect(ISA.available.first == ISA.best)
    #expect(ISA.available.last?.name == "generic")
    #expect(Set(ISA.available).count == ISA.available.count)
    #expect(Set(ISA.available.map(\.name)).isSubset(of: ISA.compiled))
  }

  @Test("a name finds its instruction set", arguments: ISA.available)
  func named(isa: ISA) throws {
    #expect(try ISA(named: isa.name) == isa)
    #expect("\(isa)" == isa.name)
  }

  @Test(
    "a name that cannot run throws, and the error lists those that can", arguments: ["sse9", "", "AVX2", "avx512 "])
  func unknown(name: String) throws {
    let error = #expect(throws: KernelError.self) { try ISA(named: name) }
    #expect(error?.kind == .unsupportedISA)
    #expect(error?.operand == name)
    let text = try #require(error?.description)
    for isa in ISA.available { #expect(text.contains(isa.name)) }
  }

  @Test("every compiled instruction set either runs or is refused")
  func compiled() {
    for name in ISA.compiled where !ISA.available.contains(where: { $0.name == name }) {
      let error = #expect(throws: KernelError.self) { try ISA(named: name) }
      #expect(error?.description.contains("this machine cannot run") == true)
    }
  }
}
