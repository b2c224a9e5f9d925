/// The path of one of the scripts beside this file.
func script(_ name: String) -> String {
    #filePath.dropLast("Script.swift".count) + "Scripts/\(name)"
}
