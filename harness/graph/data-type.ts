/** ONNX `TensorProto.DataType` codes of the element types used here. */
export const dataTypeCodes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e5m2: 19,
} as const

export type DataType = keyof typeof dataTypeCodes

/** The element types a network may compute in. */
export type ComputeType = 'float32' | 'float16'

/** Bytes an element takes. */
export const bytesPerElement: Record<DataType, number> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  bfloat16: 2,
  float8e4m3fn: 1,
  float8e5m2: 1,
}
