// In the place of react-custom-scrollbars-2, whose default export esbuild cannot find for @grafana/ui's tables. Nobody scrolls
// a picture.
import React from 'react';

export default React.forwardRef(function Scrollbars({ children, renderView }, _) {
  return renderView ? renderView({ children, style: { overflow: 'hidden' } }) : <div style={{ overflow: 'hidden' }}>{children}</div>;
});
