/// Of all programs: they are released together.
package let keybatonVersion = "0.1.0"
