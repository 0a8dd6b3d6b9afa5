import { join } from 'node:path';
import type { DirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { n8nInstallDirectory } from '../n8n-host/index.ts';
import { core, workflowModule } from './n8n-modules.ts';

const { LazyPackageDirectoryLoader, PackageDirectoryLoader } = core;
const { NodeHelpers } = workflowModule;

const installed = join(n8nInstallDirectory, 'node_modules');

/** Node and credential types of Roomflow as they are built, of n8n, and of its LangChain package. */
export type LoadedTypes = {
  nodeTypes: INodeTypes;
  credentialType(name: string): ICredentialType;
};

/** Loads types as n8n does: those of n8n when a workflow first names them, ours at once. */
export async function loadTypes(packageDirectory: string): Promise<LoadedTypes> {
  const loaders: DirectoryLoader[] = [
    new PackageDirectoryLoader(packageDirectory),
    new LazyPackageDirectoryLoader(join(installed, 'n8n-nodes-base')),
    new LazyPackageDirectoryLoader(join(installed, '@n8n/n8n-nodes-langchain')),
  ];
  await Promise.all(loaders.map(async (loader) => loader.loadAll()));

  const getByName = (type: string): INodeType | IVersionedNodeType => {
    const at = type.lastIndexOf('.');
    const [packageName, name] = [type.slice(0, at), type.slice(at + 1)];
    const loader = loaders.find((each) => 'packageName' in each && each.packageName === packageName);
    if (loader === undefined) {
      throw new Error(`No package ${packageName} is loaded, which node type ${type} is of.`);
    }
    return loader.getNode(name).type;
  };

  return {
    nodeTypes: {
      getByName,
      getByNameAndVersion: (type, version) => NodeHelpers.getVersionedNodeType(getByName(type), version),
      getKnownTypes: () => ({}),
    },
    credentialType(name) {
      const loader = loaders.find((each) => name in each.known.credentials);
      if (loader === undefined) {
        throw new Error(`There is no credential type ${name}.`);
      }
      return loader.getCredential(name).type;
    },
  };
}
