import { ShapeError } from './errors.ts'
import { formatShape, type Tensor } from './tensor.ts'

/** 8-bit RGB, rows from the top, three bytes a pixel. Plain data, like Tensor. */
export interface Image {
  width: number
  height: number
  data: Uint8Array // [height, width, 3]
}
