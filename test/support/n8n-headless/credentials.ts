import type {
  ICredentialDataDecryptedObject,
  ICredentials,
  ICredentialType,
  IHttpRequestOptions,
  INode,
  INodeProperties,
  IRequestOptionsSimplified,
  Workflow,
} from 'n8n-workflow';
import { workflowModule } from './n8n-modules.ts';

/** What each type of credential holds. */
export type CredentialValues = Readonly<Record<string, ICredentialDataDecryptedObject>>;

/** Credentials that lie in memory, in the clear; signs requests as their types say. */
export class HeadlessCredentials extends workflowModule.ICredentialsHelper {
  readonly #values: CredentialValues;
  readonly #typeOf: (name: string) => ICredentialType;

  constructor(values: CredentialValues, typeOf: (name: string) => ICredentialType) {
    super();
    this.#values = values;
    this.#typeOf = typeOf;
  }

  getParentTypes(): string[] {
    return [];
  }

  isCredentialUsableByNode(): boolean {
    return true;
  }

  async authenticate(
    credentials: ICredentialDataDecryptedObject,
    typeName: string,
    request: IHttpRequestOptions | IRequestOptionsSimplified,
    workflow?: Workflow,
    node?: INode,
  ): Promise<IHttpRequestOptions> {
    const { authenticate } = this.#typeOf(typeName);
    const signed = request as IHttpRequestOptions;
    if (typeof authenticate === 'function') {
      return await authenticate(credentials, signed);
    }
    const headers = authenticate?.properties['headers'];
    if (workflow === undefined || node === undefined || typeof headers !== 'object') {
      return signed;
    }
    const resolved = Object.entries(headers).map(([name, value]): [string, string] => {
      const text: unknown =
        typeof value === 'string'
          ? workflow.expression.getSimpleParameterValue(node, value, 'internal', {
              $credentials: credentials,
            })
          : value;
      return [name, String(text)];
    });
    return {
      ...signed,
      headers: { ...signed.headers, ...Object.fromEntries(resolved) },
    };
  }

  async preAuthentication(): Promise<undefined> {
    await Promise.resolve();
    return undefined;
  }

  async runPreAuthentication(): Promise<undefined> {
    await Promise.resolve();
    return undefined;
  }

  async getCredentials(): Promise<ICredentials> {
    return await Promise.reject(new Error('Credentials in memory are not kept encrypted.'));
  }

  async getDecrypted(
    _additionalData: unknown,
    _reference: unknown,
    type: string,
  ): Promise<ICredentialDataDecryptedObject> {
    const values = this.#values[type];
    if (values === undefined) {
      throw new Error(`The test gives no credential of type ${type}.`);
    }
    return await Promise.resolve({ ...values });
  }

  async updateCredentials(): Promise<void> {
    await Promise.resolve();
  }

  async updateCredentialsOauthTokenData(): Promise<void> {
    await Promise.resolve();
  }

  getCredentialsProperties(type: string): INodeProperties[] {
    return this.#typeOf(type).properties;
  }
}
