import Foundation

/// Writes the file, or to standard output for "-".
func writeResults(_ file: ResultFile, to path: String) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  // Nothing measured is ever infinite, but a wrong result's error is.
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  let text = String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
  if path == "-" { emit(text, to: .standardOutput) } else { try writeFile(Data(text.utf8), to: path) }
}

/// Reads what `writeResults` wrote.
func readResults(at path: String) throws -> ResultFile {
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  guard let data = FileManager.default.contents(atPath: path) else { throw BenchError("cannot read \(path)") }
  do {
    return try decoder.decode(ResultFile.self, from: data)
  } catch {
    throw BenchError("\(path) holds no results of bench: \(error)")
  }
}
