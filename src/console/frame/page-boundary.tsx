import { Alert, Button } from '@mantine/core';
import { Component, type ReactNode, Suspense } from 'react';
import { Loading } from '../parts/loading.tsx';

/** Holds the place of a page while its files come, and says so when they do not, or when it fails. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (this.state.hasFailed) return <FailedPage />;
    return <Suspense fallback={<Loading />}>{this.props.children}</Suspense>;
  }
}

function FailedPage() {
  return (
    <Alert color="red" variant="outline" role="alert" title="This page could not be shown">
      <p>The server may have been updated, or not be reached.</p>
      <Button variant="default" onClick={() => location.reload()}>
        Reload
      </Button>
    </Alert>
  );
}
