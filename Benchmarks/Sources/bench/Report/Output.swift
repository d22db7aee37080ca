import Foundation

/// Throws what would keep a file from being written, before minutes are spent on what goes into it.
func checkWritable(_ path: String) throws(BenchError) {
  var isFolder: ObjCBool = false
  let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  if path.isEmpty { throw cannotWrite(path, ENOENT) }
  if isFolder.boolValue { throw cannotWrite(path, EISDIR) }
  // The dot makes a file in place of the folder an error.
  let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path + "/."
  if access(exists ? path : folder, W_OK) != 0 { throw cannotWrite(path, errno) }
}

func writeFile(_ data: Data, to path: String) throws(BenchError) {
  guard let file = fopen(path, "wb") else { throw cannotWrite(path, errno) }
  let written = data.withUnsafeBytes { fwrite($0.baseAddress!, 1, $0.count, file) }
  let failure = written == data.count ? 0 : errno
  // What the library still holds is written here.
  let closed = fclose(file) == 0 ? 0 : errno
  if failure != 0 || closed != 0 { throw cannotWrite(path, failure != 0 ? failure : closed) }
}

private func cannotWrite(_ path: String, _ reason: Int32) -> BenchError {
  BenchError("cannot write \(path): \(String(cString: strerror(reason)))")
}
