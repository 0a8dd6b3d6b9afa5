/** libfvad, compiled to WebAssembly; the package brings no types. Pointers are addresses in its memory. */
declare module '@echogarden/fvad-wasm' {
  export type FvadModule = {
    /** The memory as samples; another array when it has grown. */
    HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** 0 when there is no memory. */
    _fvad_new(): number;
    _fvad_free(detector: number): void;
    _fvad_reset(detector: number): void;
    /** 0 to 3, from permissive to strict. -1 when refused. */
    _fvad_set_mode(detector: number, mode: number): number;
    _fvad_set_sample_rate(detector: number, rate: number): number;
    /** 1: voice, 0: none, -1: not 10, 20 or 30 ms. */
    _fvad_process(detector: number, samples: number, length: number): number;
  };
  export default function load(): Promise<FvadModule>;
}
