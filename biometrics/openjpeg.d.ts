/** The part of the WebAssembly build of OpenJPEG that is used; the package ships no types. */
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  export type FrameInfo = {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
    isUsingColorTransform?: boolean;
  };

  export interface J2KDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): FrameInfo;
    getDecodedBuffer(): Uint8Array;
    /** 0 not stated, 1 sRGB, 2 grey, 3 sYCC, others unknown. */
    getColorSpace(): number;
    delete(): void;
  }

  export interface J2KEncoder {
    getDecodedBuffer(frame: FrameInfo): Uint8Array;
    setDecompositions(levels: number): void;
    /** The second argument is the number of quality layers; with 0 the compression ratio is ignored. */
    setQuality(isLossless: boolean, layers: number): void;
    setCompressionRatio(layer: number, ratio: number): void;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }

  export interface OpenJPEG {
    J2KDecoder: new () => J2KDecoder;
    J2KEncoder: new () => J2KEncoder;
    HEAPU8: Uint8Array;
  }

  export default function create(options: {
    print(line: string): void;
    printErr(line: string): void;
  }): Promise<OpenJPEG>;
}
